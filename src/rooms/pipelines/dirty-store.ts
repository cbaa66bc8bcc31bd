import { sql } from 'kysely';
import type { PipelineId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';

/**
 * SQL of `dirty_pipelines`: "process me". A mark is written with each job transition and removed by the processor
 * that has seen it, so a crash in between leaves a mark for the sweeper.
 */

export interface Marks {
  readonly ids: readonly number[];
  /** A job failed that may not: with `auto_cancel:on_job_failure: all` the rest of the pipeline is to be canceled. */
  readonly cancelRest: boolean;
}

export async function markDirty(
  tx: Tx,
  pipelineId: PipelineId,
  now: Date,
  options: { readonly cancelRest: boolean } = { cancelRest: false },
): Promise<void> {
  await tx
    .insertInto('dirty_pipelines')
    .values({ pipeline_id: pipelineId, marked_at: now, cancel_rest: options.cancelRest })
    .execute();
}

/** The marks that are there now. Later ones (also with lower ids: they may commit late) stay for the next round. */
export async function findMarks(tx: Tx, pipelineId: PipelineId): Promise<Marks> {
  const rows = await tx
    .selectFrom('dirty_pipelines')
    .select(['id', 'cancel_rest'])
    .where('pipeline_id', '=', pipelineId)
    .execute();
  return { ids: rows.map((row) => row.id), cancelRest: rows.some((row) => row.cancel_rest) };
}

/** The rest is canceled; what is left of these marks is "process me". */
export async function clearCancelRest(db: Db, ids: readonly number[]): Promise<void> {
  await sql`update dirty_pipelines set cancel_rest = false where id = any(${ids}::bigint[])`.execute(db);
}

export async function deleteMarks(tx: Tx, ids: readonly number[]): Promise<void> {
  await sql`delete from dirty_pipelines where id = any(${ids}::bigint[])`.execute(tx);
}

/** Pipelines whose mark is older than `before`: whoever made it did not process it. */
export async function findForgottenPipelines(db: Db, before: Date): Promise<readonly PipelineId[]> {
  const rows = await db
    .selectFrom('dirty_pipelines')
    .select('pipeline_id')
    .distinct()
    .where('marked_at', '<=', before)
    .execute();
  return rows.map((row) => row.pipeline_id as PipelineId);
}
