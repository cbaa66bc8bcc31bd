import type { CompileResult } from '../../../ci-lang/index.ts';
import { compile, FILTERED_MESSAGES } from '../../../ci-lang/index.ts';
import { createPipelineRef } from '../../repositories/index.ts';
import { cancelRedundantPipelines } from '../cancel-redundant.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PersistDeps, PipelineDraft } from './persist.ts';
import { persistPipeline, persistStillborn } from './persist.ts';
import type { PrepareDeps } from './prepare-creation.ts';
import { prepareCreation } from './prepare-creation.ts';
import type { CreatePipelineRequest, CreatePipelineResult, CreationRefused } from './request.ts';
import { refuse } from './request.ts';

export interface CreatePipelineDeps extends PersistDeps, PrepareDeps {
  /** Work that the caller does not wait for; the server ends only after it. */
  readonly later: (work: () => Promise<void>) => void;
}

/**
 * The one door for new pipelines, in GitLab's order: rights → ref → variables → skip → configuration → compile →
 * rows. A refusal says why; one with a failure reason leaves a failed pipeline where the request wants it.
 */
export async function createPipeline(
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
): Promise<CreatePipelineResult> {
  const prepared = await prepareCreation(deps, request);
  switch (prepared.kind) {
    case 'refused':
      return settled(deps, request, prepared.refusal, prepared.draft);
    case 'skipped':
      return skipped(deps, prepared.draft);
    case 'prepared': {
      const { draft, host, input } = prepared;
      return finish(deps, draft, await compile({ ...input, purpose: 'create' }, host));
    }
  }
}

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
    case 'filtered_by_rules':
      return settled(
        deps,
        request,
        refuse(FILTERED_MESSAGES[result.kind], {
          failureReason: result.kind,
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
