import type { Variable, VariableScopes } from '../../../ci-lang/index.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { Commit, RepositoryDeps } from '../../repositories/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import {
  configVariables,
  jobVariables,
  pickVariables,
  pipelineVariables,
  projectVariables,
  userVariables,
} from '../../variables/index.ts';
import { commitFacts } from '../commit-facts.ts';
import type { MergeRequestQuestions } from '../merge-request-questions.ts';
import type { PipelineVariable } from '../pipeline.ts';
import type { CreationSources } from './creation-sources.ts';
import type { PipelineDraft } from './persist.ts';

export interface VariableScopeDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly server: ServerFacts;
  readonly repositories: RepositoryDeps;
  readonly findOpenMergeRequests: MergeRequestQuestions['findOpenMergeRequests'];
}

/** A variable of a pipeline as its jobs see it. */
export const asJobVariable = (variable: PipelineVariable): Variable => ({
  key: variable.key,
  value: variable.value,
  public: false,
  ...(variable.raw && { raw: true }),
  ...(variable.variableType === 'file' && { file: true }),
});

/**
 * Everything around the YAML variables for one pipeline that is being created. Weakest first: predefined, then (YAML,
 * added by the compiler), the user's, instance, groups, project by the job's environment, the pipeline's own, and its
 * schedule's.
 */
export async function variableScopes(
  deps: VariableScopeDeps,
  sources: Pick<CreationSources, 'findVariableShelves' | 'findTagMessage' | 'findOpenMergeRequests'>,
  draft: PipelineDraft,
  commit: Commit,
): Promise<VariableScopes> {
  const { project, user, source, trigger, schedule, mergeRequest } = draft.request;
  const sourceBranch = draft.tag ? undefined : (mergeRequest?.facts.sourceBranch ?? draft.ref);
  const [shelves, tagMessage, openMergeRequests] = await Promise.all([
    sources.findVariableShelves(),
    draft.tag ? sources.findTagMessage(draft.ref) : undefined,
    sourceBranch === undefined ? [] : sources.findOpenMergeRequests(sourceBranch),
  ]);
  const predefined = [
    ...projectVariables(deps.server, project),
    ...pipelineVariables({
      ...draft,
      source,
      commit: commitFacts(commit, tagMessage),
      openMergeRequests,
      ...(mergeRequest !== undefined && { mergeRequest: mergeRequest.facts }),
      ...(schedule !== undefined && { scheduleDescription: schedule.description }),
    }),
    ...configVariables(deps.server, project, { ...draft, ref: sourceBranch ?? draft.ref }),
  ];
  const person = userVariables(user);
  const own = [...draft.variables, ...(schedule?.variables ?? [])].map(asJobVariable);
  const above = (environment: string | undefined): readonly Variable[] => [
    ...person,
    ...pickVariables(shelves, {
      protectedRef: draft.protected,
      ...(environment !== undefined && { environment }),
    }),
    ...own,
  ];
  const everywhere = above(undefined);
  return {
    pipeline: { below: predefined, above: everywhere },
    forJob: (job) => ({
      below: [
        ...jobVariables({
          name: job.name,
          stage: job.stage,
          when: job.when ?? 'on_success',
          triggerShortToken: trigger?.shortToken ?? null,
        }),
        ...predefined,
      ],
      above: job.environment === undefined ? everywhere : above(job.environment),
    }),
  };
}
