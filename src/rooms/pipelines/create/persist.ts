import type { CompiledPipeline } from '../../../ci-lang/index.ts';
import type { Publish } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { PipelineFailureReason } from '../../../wire/statuses.ts';
import { insertStagesAndJobs } from '../job-write-store.ts';
import type { Pipeline, PipelineVariable } from '../pipeline.ts';
import type { NewPipeline } from '../pipeline-store.ts';
import { insertMessages, insertPipeline, insertPipelineSource } from '../pipeline-store.ts';
import { insertPipelineVariables } from '../variable-store.ts';
import { insertExplanation } from '../why/refusal-store.ts';
import { firstProcessing } from './first-processing.ts';
import type { CreatePipelineRequest } from './request.ts';

export interface PersistDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly publish: Publish;
}

/** What is known of a pipeline before it has a row. */
export interface PipelineDraft {
  readonly request: CreatePipelineRequest;
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  readonly beforeSha: string;
  readonly protected: boolean;
  readonly variables: readonly PipelineVariable[];
  readonly warnings: readonly string[];
}

/** A pipeline that ends where it begins: failed (with its reason and the configuration's errors) or skipped. */
export interface StillbornPipeline {
  readonly status: 'failed' | 'skipped';
  readonly failureReason: PipelineFailureReason | null;
  readonly errors: readonly string[];
  /** Sealed. */
  readonly explanation: Buffer;
}

/** Undefined: the request's `claim` said that it was served before. */
export async function persistStillborn(
  deps: PersistDeps,
  tx: Tx,
  draft: PipelineDraft,
  end: StillbornPipeline,
): Promise<Pipeline | undefined> {
  if (!(await claimed(tx, draft.request))) return undefined;
  const pipeline = await insertPipeline(
    tx,
    {
      ...columnsOf(draft),
      status: end.status,
      failureReason: end.failureReason,
      yamlErrors: end.failureReason === 'config_error' ? (end.errors[0] ?? null) : null,
    },
    deps.clock.now(),
  );
  await insertBelongings(deps, tx, draft, pipeline);
  await insertExplanation(tx, pipeline.id, end.explanation);
  await insertMessages(
    tx,
    pipeline.id,
    end.errors.map((content) => ({ severity: 'error', content })),
  );
  const { projectId, id: pipelineId } = pipeline;
  await deps.publish(tx, [{ type: 'pipeline_created', projectId, pipelineId, hasEnvironments: false }]);
  return pipeline;
}

/**
 * Writes the pipeline with its stages and jobs as they stand after the first processing, in one transaction: what may
 * start is `pending` when it commits. `explanation`: sealed. Answers the pipeline as it was a moment before that (`created`), as GitLab does.
 */
export async function persistPipeline(
  deps: PersistDeps,
  draft: PipelineDraft,
  compiled: CompiledPipeline,
  explanation: Buffer,
): Promise<Pipeline | undefined> {
  return deps.db.transaction().execute(async (tx) => {
    if (!(await claimed(tx, draft.request))) return undefined;
    const now = deps.clock.now();
    const first = firstProcessing(compiled, draft.request.source, now);
    const pipeline = await insertPipeline(
      tx,
      {
        ...columnsOf(draft),
        name: compiled.name ?? null,
        status: first.pipelineStatus,
        failureReason: null,
        yamlErrors: null,
        autoCancelOnNewCommit: compiled.autoCancel.onNewCommit,
        autoCancelOnJobFailure: compiled.autoCancel.onJobFailure,
      },
      now,
    );
    await insertBelongings(deps, tx, draft, pipeline);
    await insertExplanation(tx, pipeline.id, explanation);
    const owner = { ...draft, projectId: pipeline.projectId, pipelineId: pipeline.id, userId: pipeline.userId };
    const ids = await insertStagesAndJobs(tx, owner, first.stages, first.jobs, now);
    const subject = { projectId: pipeline.projectId, pipelineId: pipeline.id };
    await deps.publish(tx, [
      { type: 'pipeline_created', ...subject, hasEnvironments: first.jobs.some((job) => job.environmentName !== null) },
      ...first.jobs.flatMap((job, index) => {
        const jobId = ids[index];
        return job.status === 'created' || jobId === undefined
          ? []
          : [{ type: 'job_moved' as const, ...subject, jobId, from: 'created' as const, to: job.status }];
      }),
    ]);
    await draft.request.settle?.(tx, { pipelineId: pipeline.id, refusal: null });
    return { ...pipeline, status: 'created' };
  });
}

const claimed = async (tx: Tx, request: CreatePipelineRequest): Promise<boolean> =>
  request.claim === undefined || (await request.claim(tx));

const columnsOf = (draft: PipelineDraft): Omit<NewPipeline, 'status' | 'failureReason' | 'yamlErrors'> => ({
  projectId: draft.request.project.id,
  ref: draft.ref,
  tag: draft.tag,
  sha: draft.sha,
  beforeSha: draft.beforeSha,
  source: draft.request.source,
  name: null,
  userId: draft.request.user.id,
  triggerId: draft.request.trigger?.id ?? null,
  triggerShortToken: draft.request.trigger?.shortToken ?? null,
  scheduleId: draft.request.schedule?.id ?? null,
  protected: draft.protected,
  autoCancelOnNewCommit: 'conservative',
  autoCancelOnJobFailure: 'none',
});

async function insertBelongings(deps: PersistDeps, tx: Tx, draft: PipelineDraft, pipeline: Pipeline): Promise<void> {
  await insertPipelineVariables(deps.vault, tx, pipeline.id, draft.variables);
  const { upstream } = draft.request;
  if (upstream !== undefined) {
    await insertPipelineSource(tx, {
      pipelineId: pipeline.id,
      projectId: pipeline.projectId,
      sourceProjectId: upstream.projectId,
      sourcePipelineId: upstream.pipelineId,
      sourceJobId: upstream.jobId,
    });
  }
  await insertMessages(
    tx,
    pipeline.id,
    draft.warnings.map((content) => ({ severity: 'warning', content })),
  );
}
