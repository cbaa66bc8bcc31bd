import type { CompileResult } from '../../../ci-lang/index.ts';
import { compile } from '../../../ci-lang/index.ts';
import type { Project } from '../../projects/index.ts';
import { createPipelineRefs } from '../../repositories/index.ts';
import { cancelRedundantPipelines } from '../cancel-redundant.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Explanation } from '../why/explanation.ts';
import { sealExplanation } from '../why/explanation.ts';
import type { NewRefusal } from '../why/refusal.ts';
import { insertRefusal } from '../why/refusal-store.ts';
import type { PersistDeps, PipelineDraft, StillbornPipeline } from './persist.ts';
import { persistPipeline, persistStillborn } from './persist.ts';
import type { PrepareDeps } from './prepare-creation.ts';
import { prepareCreation } from './prepare-creation.ts';
import { leavesPipeline, refusalOfResult } from './refusal-of-result.ts';
import type { CreatePipelineRequest, CreatePipelineResult, CreationRefused } from './request.ts';

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
  if (result.kind !== 'compiled') return settled(deps, request, refusalOfResult(result), draft);
  const warnings = result.warnings.map((warning) => warning.message);
  const explanation = await explainPipeline(deps, { reasons: [], trace: result.trace });
  const pipeline = await persistPipeline(deps, {
    draft: { ...draft, warnings },
    compiled: result.pipeline,
    explanation,
  });
  if (pipeline === undefined) return { kind: 'repeated' };
  deps.later(() => afterCreation(deps, request.project, [pipeline]));
  return { kind: 'created', pipeline };
}

/** What nobody waits for: the ref that keeps the commit from git's gc, and redundant older pipelines. */
export async function afterCreation(
  deps: CreatePipelineDeps,
  project: Project,
  pipelines: readonly Pipeline[],
): Promise<void> {
  await createPipelineRefs(deps.repositories, project, pipelines);
  // Of several for the same commit the last one finds all that the others would.
  const last = new Map(pipelines.map((pipeline) => [`${pipeline.ref} ${pipeline.sha}`, pipeline]));
  for (const pipeline of last.values()) await cancelRedundantPipelines(deps, project, pipeline);
}

const ASKS_TO_SKIP: Explanation = {
  reasons: [{ message: 'The commit message (`[skip ci]`) or a push option (`ci.skip`) asks for no pipeline' }],
};

async function skipped(deps: CreatePipelineDeps, draft: PipelineDraft): Promise<CreatePipelineResult> {
  const explanation = await explainPipeline(deps, ASKS_TO_SKIP);
  const pipeline = await deps.db
    .transaction()
    .execute((tx) =>
      persistStillborn(deps, tx, draft, { status: 'skipped', failureReason: null, errors: [], explanation }),
    );
  return pipeline === undefined ? { kind: 'repeated' } : { kind: 'skipped', pipeline };
}

const explainPipeline = (deps: CreatePipelineDeps, explanation: Explanation): Promise<Buffer> =>
  sealExplanation(deps.vault, explanation, 'pipeline_explanations.explanation');

/**
 * Ends in a refusal, which is kept with its reasons. With a draft and a failure reason worth keeping, a failed pipeline
 * is stored too; in any case the request's claim is spent, so that it is not served again.
 */
async function settled(
  deps: CreatePipelineDeps,
  request: CreatePipelineRequest,
  refusal: CreationRefused,
  draft?: PipelineDraft,
): Promise<CreatePipelineResult> {
  const { reasons, trace, failureReason } = refusal;
  const explanation: Explanation = { reasons, ...(trace !== undefined && { trace }) };
  const sealed = await sealExplanation(deps.vault, explanation, 'pipeline_refusals.explanation');
  const end: StillbornPipeline | undefined =
    leavesPipeline(failureReason) && request.saveOnErrors
      ? {
          status: 'failed',
          failureReason,
          errors: refusal.errors['base'] ?? [],
          explanation: await explainPipeline(deps, explanation),
        }
      : undefined;
  return deps.db.transaction().execute(async (tx) => {
    let saved: Pipeline | undefined;
    if (draft !== undefined && end !== undefined) {
      saved = await persistStillborn(deps, tx, draft, end);
      if (saved === undefined) return { kind: 'repeated' };
    } else if (request.claim !== undefined && !(await request.claim(tx))) {
      return { kind: 'repeated' };
    }
    const kept = { ...refusal, saved: saved ?? null };
    const refusalId = await insertRefusal(tx, refusalRow(request, kept, draft), sealed, deps.clock.now());
    const message = reasons[0]?.message ?? '';
    await request.settle?.(tx, { pipelineId: saved?.id ?? null, refusal: { id: refusalId, message } });
    return { ...kept, refusalId };
  });
}

const refusalRow = (
  { project, user, source, ref }: CreatePipelineRequest,
  { errors, failureReason, saved }: CreationRefused,
  draft: PipelineDraft | undefined,
): NewRefusal => ({
  projectId: project.id,
  userId: user.id,
  pipelineId: saved?.id ?? null,
  source,
  ref: draft?.ref ?? ref,
  sha: draft?.sha ?? null,
  failureReason,
  errors,
});
