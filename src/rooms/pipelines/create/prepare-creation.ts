import type { CompileHost, CompileInput } from '../../../ci-lang/index.ts';
import { isProtected, userCan } from '../../projects/index.ts';
import type { Commit, ResolvedRef } from '../../repositories/index.ts';
import { NO_SHA } from '../../repositories/index.ts';
import { mergeRequestRef } from '../../variables/index.ts';
import { checkVariables, pipelineVariablesOf } from './check-variables.ts';
import { type CompileHostDeps, compileHost } from './config-source/compile-host.ts';
import { type CreationSources, creationSources } from './creation-sources.ts';
import type { PipelineDraft } from './persist.ts';
import { judgeRefBy } from './protected-ref.ts';
import type { CreatePipelineRequest, CreationRefused } from './request.ts';
import { refuse } from './request.ts';
import { asksToSkip } from './skip-ci.ts';
import type { VariableScopeDeps } from './variable-scopes.ts';
import { variableScopes } from './variable-scopes.ts';

/** What is asked of the world before a pipeline can be compiled; nothing is written. */
export interface PrepareDeps extends VariableScopeDeps, CompileHostDeps {}

export type PreparedCreation =
  /** With a draft: there is a commit that a failed pipeline could stand on. */
  | { readonly kind: 'refused'; readonly refusal: CreationRefused; readonly draft?: PipelineDraft }
  /** The commit or the push asks for no pipeline. */
  | { readonly kind: 'skipped'; readonly draft: PipelineDraft }
  | {
      readonly kind: 'prepared';
      readonly draft: PipelineDraft;
      readonly input: Omit<CompileInput, 'purpose'>;
      readonly host: CompileHost;
    };

const MAX_INPUTS = 20;

/**
 * All that comes before the compiler, in GitLab's order: rights → ref → variables → skip → configuration. `sources`: of the
 * request's project.
 */
export async function prepareCreation(
  deps: PrepareDeps,
  request: CreatePipelineRequest,
  sources: CreationSources = creationSources(deps, request.project),
): Promise<PreparedCreation> {
  const located = await locate(sources, request);
  if ('kind' in located) return { kind: 'refused', refusal: located };
  const draft = draftOf(request, located);

  const badVariables = checkVariables(request);
  if (badVariables !== undefined) {
    return { kind: 'refused', refusal: badVariables, draft: { ...draft, variables: [] } };
  }
  if (!request.ignoreSkipCi && asksToSkip(located.commit.message, request.pushOptions)) {
    return { kind: 'skipped', draft };
  }
  if (Object.keys(request.inputs).length > MAX_INPUTS) {
    return { kind: 'refused', refusal: refuse(`There cannot be more than ${MAX_INPUTS} inputs`) };
  }

  const { project, content: given } = request;
  const [config, variables] = await Promise.all([
    given === undefined ? sources.findConfigContent(draft.sha) : { content: given, path: '.gitlab-ci.yml' },
    variableScopes(deps, sources, draft, located.commit),
  ]);
  // An empty text that was handed in is a configuration like any other: the compiler says what is wrong with it.
  if (config === undefined || (given === undefined && config.content === '')) {
    const path = config?.path ?? project.ciConfigPath ?? '.gitlab-ci.yml';
    const hint = `There is no file \`${path}\`, or it is empty, at ${draft.sha.slice(0, 8)} of \`${draft.ref}\`.`;
    return { kind: 'refused', refusal: refuse('Missing CI config file', { hint }), draft };
  }
  const { inputs, source } = request;
  const { tag } = draft;
  const ref = located.ref.name;
  const facts = { source, ref, tag, ...(!tag && request.mergeRequest === undefined && { branch: ref }) };
  return {
    kind: 'prepared',
    draft,
    input: { ...config, inputs, facts, variables },
    host: compileHost(deps, { ...request, ...draft }),
  };
}

interface Located {
  readonly ref: ResolvedRef;
  readonly sha: string;
  readonly commit: Commit;
  readonly protected: boolean;
}

/** Steps 1 to 3 of the chain: may this user run pipelines here, on this ref, and is there a commit? */
async function locate(sources: CreationSources, request: CreatePipelineRequest): Promise<Located | CreationRefused> {
  const { project, user, role } = request;
  if (!project.buildsEnabled) {
    return refuse('Pipelines are disabled!', { hint: 'Set `builds_access_level` of the project to `enabled`.' });
  }
  if (!userCan(user, 'create_pipeline', project, role)) {
    return refuse('Insufficient permissions to create a new pipeline');
  }
  const ref = await sources.resolveRef(request.ref);
  if (ref === 'ambiguous') {
    const hint = `\`${request.ref}\` is a branch and a tag: say refs/heads/${request.ref} or refs/tags/${request.ref}.`;
    return refuse('Ref is ambiguous', { hint });
  }
  if (ref === 'missing') {
    return refuse('Reference not found', { hint: `${project.fullPath} has no branch or tag \`${request.ref}\`.` });
  }
  const verdict = judgeRefBy(await sources.findProtectedRefs(), project, { user, role }, ref);
  if (!verdict.allowed) {
    return refuse(
      `You do not have sufficient permission to run a pipeline on '${ref.name}'. Please select a different branch ` +
        'or contact your administrator for assistance.',
    );
  }
  const sha = request.sha ?? ref.sha;
  const commit = await sources.findCommit(sha);
  if (commit === undefined) return refuse('Commit not found');
  const guarded = verdict.protected && (await targetIsProtected(sources, request));
  return { ref, sha: commit.sha, commit, protected: guarded };
}

/** As GitLab: the pipeline of a merge request is protected when both of its branches are. */
const targetIsProtected = async (sources: CreationSources, { mergeRequest }: CreatePipelineRequest): Promise<boolean> =>
  mergeRequest === undefined ||
  isProtected(await sources.findProtectedRefs(), mergeRequest.facts.targetBranch, 'branch');

const draftOf = (request: CreatePipelineRequest, located: Located): PipelineDraft => ({
  request,
  ref: request.mergeRequest === undefined ? located.ref.name : mergeRequestRef(request.mergeRequest.facts.iid),
  tag: located.ref.kind === 'tag',
  sha: located.sha,
  beforeSha: request.beforeSha ?? NO_SHA,
  protected: located.protected,
  variables: pipelineVariablesOf(request),
  warnings: [],
});
