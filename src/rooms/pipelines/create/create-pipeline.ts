import type { CompileResult } from '../../../ci-lang/index.ts';
import { compile } from '../../../ci-lang/index.ts';
import { userCan } from '../../projects/index.ts';
import type { Commit, RepositoryDeps, ResolvedRef } from '../../repositories/index.ts';
import { createPipelineRef, findCommit, NO_SHA, readTextFile, resolveRef } from '../../repositories/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import { cancelRedundantPipelines } from '../cancel-redundant.ts';
import type { Pipeline } from '../pipeline.ts';
import { checkVariables, pipelineVariablesOf } from './check-variables.ts';
import { compileHost } from './compile-host.ts';
import type { PersistDeps, PipelineDraft } from './persist.ts';
import { persistPipeline, persistStillborn } from './persist.ts';
import { judgeRef } from './protected-ref.ts';
import type { CreatePipelineRequest, CreatePipelineResult, CreationRefused } from './request.ts';
import { refuse } from './request.ts';
import { asksToSkip } from './skip-ci.ts';
import { variableScopes } from './variable-scopes.ts';

export interface CreatePipelineDeps extends PersistDeps {
  readonly repositories: RepositoryDeps;
  readonly server: ServerFacts;
  /** Work that the caller does not wait for; the server ends only after it. */
  readonly later: (work: () => Promise<void>) => void;
}

const MAX_INPUTS = 20;

/**
 * The one door for new pipelines, in GitLab's order: rights → ref → variables → skip → configuration → compile →
 * rows. A refusal says why; one with a failure reason leaves a failed pipeline where the request wants it.
 */
export async function createPipeline(
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
): Promise<CreatePipelineResult> {
  const located = await locate(deps, request);
  if ('kind' in located) return settled(deps, request, located);
  const draft = draftOf(request, located);

  const badVariables = checkVariables(request);
  if (badVariables !== undefined) return settled(deps, request, badVariables, { ...draft, variables: [] });
  if (!request.ignoreSkipCi && asksToSkip(located.commit.message, request.pushOptions)) return skipped(deps, draft);
  if (Object.keys(request.inputs).length > MAX_INPUTS) {
    return settled(deps, request, refuse(`There cannot be more than ${MAX_INPUTS} inputs`));
  }

  const path = request.project.ciConfigPath ?? '.gitlab-ci.yml';
  const [content, variables] = await Promise.all([
    readTextFile(deps.repositories, request.project, draft.sha, path),
    variableScopes(deps, draft, located.commit),
  ]);
  if (content === undefined || content === '') {
    return settled(deps, request, refuse('Missing CI config file'));
  }
  const result = await compile(
    {
      purpose: 'create',
      content,
      path,
      inputs: request.inputs,
      facts: {
        source: request.source,
        ref: draft.ref,
        tag: draft.tag,
        ...(!draft.tag && { branch: draft.ref }),
      },
      variables,
    },
    compileHost(deps.repositories, draft),
  );
  return finish(deps, draft, result);
}

interface Located {
  readonly ref: ResolvedRef;
  readonly sha: string;
  readonly commit: Commit;
  readonly protected: boolean;
}

/** Steps 1 to 3 of the chain: may this user run pipelines here, on this ref, and is there a commit? */
async function locate(deps: CreatePipelineDeps, request: CreatePipelineRequest): Promise<Located | CreationRefused> {
  const { project, user, role } = request;
  if (!project.buildsEnabled) return refuse('Pipelines are disabled!');
  if (!userCan(user, 'create_pipeline', project, role)) {
    return refuse('Insufficient permissions to create a new pipeline');
  }
  const ref = await resolveRef(deps.repositories, project, request.ref);
  if (ref === 'ambiguous') return refuse('Ref is ambiguous');
  if (ref === 'missing') return refuse('Reference not found');
  const verdict = await judgeRef(deps.db, project, { user, role }, ref);
  if (!verdict.allowed) {
    return refuse(
      `You do not have sufficient permission to run a pipeline on '${ref.name}'. Please select a different branch ` +
        'or contact your administrator for assistance.',
    );
  }
  const sha = request.sha ?? ref.sha;
  const commit = await findCommit(deps.repositories, project, sha);
  if (commit === undefined) return refuse('Commit not found');
  return { ref, sha: commit.sha, commit, protected: verdict.protected };
}

const draftOf = (request: CreatePipelineRequest, located: Located): PipelineDraft => ({
  request,
  ref: located.ref.name,
  tag: located.ref.kind === 'tag',
  sha: located.sha,
  beforeSha: request.beforeSha ?? NO_SHA,
  protected: located.protected,
  variables: pipelineVariablesOf(request),
  warnings: [],
});

async function finish(
  deps: CreatePipelineDeps,
  draft: PipelineDraft,
  result: CompileResult,
): Promise<CreatePipelineResult> {
  const { request } = draft;
  switch (result.kind) {
    case 'compiled': {
      const warnings = result.warnings.map((warning) => warning.message);
      const pipeline = await persistPipeline(deps, { ...draft, warnings }, result.pipeline);
      if (pipeline === undefined) return { kind: 'repeated' };
      deps.later(() => afterCreation(deps, request, pipeline));
      return { kind: 'created', pipeline };
    }
    case 'config_error': {
      const refusal = refuse(result.errors[0].message, {
        failureReason: 'config_error',
        diagnostics: result.errors,
      });
      return settled(deps, request, refusal, draft);
    }
    case 'filtered_by_workflow_rules':
      return settled(
        deps,
        request,
        refuse('The pipeline did not run. Review the workflow:rules configuration for the pipeline.', {
          failureReason: 'filtered_by_workflow_rules',
        }),
      );
    case 'filtered_by_rules':
      return settled(
        deps,
        request,
        refuse('The resulting pipeline would have been empty. Review the rules configuration for the relevant jobs.', {
          failureReason: 'filtered_by_rules',
        }),
      );
  }
}

/** What nobody waits for: the ref that keeps the commit from git's gc, and redundant older pipelines. */
async function afterCreation(
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
  pipeline: Pipeline,
): Promise<void> {
  await createPipelineRef(deps.repositories, request.project, pipeline.id, pipeline.sha);
  await cancelRedundantPipelines(deps, request.project, pipeline);
}

async function skipped(deps: CreatePipelineDeps, draft: PipelineDraft): Promise<CreatePipelineResult> {
  const pipeline = await persistStillborn(deps, draft, { status: 'skipped', failureReason: null, errors: [] });
  return pipeline === undefined ? { kind: 'repeated' } : { kind: 'skipped', pipeline };
}

/**
 * Ends in a refusal. With a draft and a reason worth keeping, a failed pipeline is stored; in any case the request's
 * claim is spent, so that it is not served again.
 */
async function settled(
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
  refusal: CreationRefused,
  draft?: PipelineDraft,
): Promise<CreatePipelineResult> {
  if (draft !== undefined && refusal.failureReason !== null && request.saveOnErrors) {
    const saved = await persistStillborn(deps, draft, {
      status: 'failed',
      failureReason: refusal.failureReason,
      errors: refusal.errors['base'] ?? [],
    });
    return saved === undefined ? { kind: 'repeated' } : { ...refusal, saved };
  }
  const { claim } = request;
  if (claim === undefined) return refusal;
  const first = await deps.db.transaction().execute((tx) => claim(tx));
  return first ? refusal : { kind: 'repeated' };
}
