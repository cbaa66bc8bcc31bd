import type { CompiledPipeline } from '../../../ci-lang/index.ts';
import type { Fact, Publish } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { JobId, ProjectId } from '../../../kit/ids.ts';
import type { Db, Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { PipelineFailureReason } from '../../../wire/statuses.ts';
import type { NewJob } from '../job-write-store.ts';
import { insertStagesAndJobs } from '../job-write-store.ts';
import type { Pipeline, PipelineVariable } from '../pipeline.ts';
import type { NewPipeline } from '../pipeline-store.ts';
import { insertMessages, insertPipelineSource, insertPipelines } from '../pipeline-store.ts';
import { insertPipelineVariables } from '../variable-store.ts';
import { insertExplanations } from '../why/refusal-store.ts';
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
  const row = {
    ...columnsOf(draft),
    status: end.status,
    failureReason: end.failureReason,
    yamlErrors: end.failureReason === 'config_error' ? (end.errors[0] ?? null) : null,
  };
  const [pipeline] = await insertPipelines(tx, draft.request.project.id, [row], deps.clock.now());
  if (pipeline === undefined) throw new Error('no row was written');
  await insertBelongings(deps, tx, draft, pipeline);
  await insertExplanations(tx, [{ pipelineId: pipeline.id, sealed: end.explanation }]);
  await insertMessages(
    tx,
    pipeline.id,
    end.errors.map((content) => ({ severity: 'error', content })),
  );
  const { projectId, id: pipelineId } = pipeline;
  await deps.publish(tx, [
    { type: 'pipeline_created', projectId, pipelineId, hasEnvironments: false, status: end.status },
  ]);
  return pipeline;
}

/** A pipeline that only waits for its rows. */
export interface ReadyPipeline {
  readonly draft: PipelineDraft;
  readonly compiled: CompiledPipeline;
  /** Sealed. */
  readonly explanation: Buffer;
}

/**
 * Writes the pipeline with its stages and jobs as they stand after the first processing, in one transaction: what may
 * start is `pending` when it commits. Answers the pipeline as it was a moment before that (`created`), as GitLab does.
 */
export async function persistPipeline(deps: PersistDeps, ready: ReadyPipeline): Promise<Pipeline | undefined> {
  const { request } = ready.draft;
  return deps.db.transaction().execute(async (tx) => {
    if (!(await claimed(tx, request))) return undefined;
    const [pipeline] = await writePipelines(deps, tx, request.project.id, [ready]);
    if (pipeline === undefined) throw new Error('no row was written');
    await request.settle?.(tx, { pipelineId: pipeline.id, refusal: null });
    return pipeline;
  });
}

/** The same for any number of pipelines of one project, in the transaction of the caller, who sees to claims. In their order. */
export async function writePipelines(
  deps: PersistDeps,
  tx: Tx,
  projectId: ProjectId,
  ready: readonly ReadyPipeline[],
): Promise<readonly Pipeline[]> {
  const now = deps.clock.now();
  const first = ready.map(({ draft, compiled }) => firstProcessing(compiled, draft.request.source, now));
  const rows = ready.map(({ draft, compiled }, index) => ({
    ...columnsOf(draft),
    name: compiled.name ?? null,
    status: first[index]?.pipelineStatus ?? 'created',
    failureReason: null,
    yamlErrors: null,
    autoCancelOnNewCommit: compiled.autoCancel.onNewCommit,
    autoCancelOnJobFailure: compiled.autoCancel.onJobFailure,
  }));
  const pipelines = await insertPipelines(tx, projectId, rows, now);
  const made = ready.flatMap((one, index) => {
    const [pipeline, processed] = [pipelines[index], first[index]];
    return pipeline === undefined || processed === undefined ? [] : [{ ...one, ...processed, pipeline }];
  });
  for (const { draft, pipeline } of made) await insertBelongings(deps, tx, draft, pipeline);
  await insertExplanations(
    tx,
    made.map(({ pipeline, explanation }) => ({ pipelineId: pipeline.id, sealed: explanation })),
  );
  const ids = await insertStagesAndJobs(
    tx,
    made.map(({ draft: { ref, tag, protected: isProtected }, pipeline, stages, jobs }) => {
      const { id: pipelineId, userId } = pipeline;
      return { owner: { projectId, pipelineId, userId, ref, tag, protected: isProtected }, stages, jobs };
    }),
    now,
  );
  const facts = made.flatMap(({ pipeline, jobs }, index) => factsOf(pipeline, jobs, ids[index] ?? []));
  await deps.publish(tx, facts);
  return pipelines.map((pipeline) => ({ ...pipeline, status: 'created' }));
}

const factsOf = (pipeline: Pipeline, jobs: readonly NewJob[], ids: readonly JobId[]): readonly Fact[] => {
  const subject = { projectId: pipeline.projectId, pipelineId: pipeline.id };
  return [
    {
      type: 'pipeline_created',
      ...subject,
      hasEnvironments: jobs.some((job) => job.environmentName !== null),
      status: pipeline.status,
    },
    ...jobs.flatMap((job, index): readonly Fact[] => {
      const jobId = ids[index];
      return job.status === 'created' || jobId === undefined
        ? []
        : [{ type: 'job_moved', ...subject, jobId, from: 'created', to: job.status }];
    }),
  ];
};

const claimed = async (tx: Tx, request: CreatePipelineRequest): Promise<boolean> =>
  request.claim === undefined || (await request.claim(tx));

const columnsOf = (draft: PipelineDraft): Omit<NewPipeline, 'status' | 'failureReason' | 'yamlErrors'> => ({
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
  mergeRequestId: draft.request.mergeRequest?.id ?? null,
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
