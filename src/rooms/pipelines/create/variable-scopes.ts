import type { Variable, VariableScopes } from '../../../ci-lang/index.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { Commit } from '../../repositories/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import {
  findVariableShelves,
  jobVariables,
  pickVariables,
  pipelineVariables,
  projectVariables,
  userVariables,
} from '../../variables/index.ts';
import { commitFacts } from '../commit-facts.ts';
import type { PipelineVariable } from '../pipeline.ts';
import type { PipelineDraft } from './persist.ts';

export interface VariableScopeDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly server: ServerFacts;
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
 * added by the compiler), the user's, instance, groups, project by the job's environment, and the pipeline's own.
 */
export async function variableScopes(
  deps: VariableScopeDeps,
  draft: PipelineDraft,
  commit: Commit,
): Promise<VariableScopes> {
  const { project, user, source, trigger } = draft.request;
  const shelves = await findVariableShelves(deps, project);
  const predefined = [
    ...projectVariables(deps.server, project),
    ...pipelineVariables({ ...draft, source, commit: commitFacts(commit) }),
  ];
  const person = userVariables(user);
  const own = draft.variables.map(asJobVariable);
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
