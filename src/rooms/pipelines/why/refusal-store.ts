import type { Selectable } from 'kysely';
import type { PipelineId, ProjectId, UserId } from '../../../kit/ids.ts';
import type { DB, Db, Tx } from '../../../platform/postgres/index.ts';
import type { NewRefusal, Refusal } from './refusal.ts';

/** SQL of `pipeline_refusals` and `pipeline_explanations`. */

const COLUMNS = [
  'id',
  'project_id',
  'user_id',
  'pipeline_id',
  'source',
  'ref',
  'sha',
  'failure_reason',
  'errors',
  'created_at',
] as const;

type Row = Pick<Selectable<DB['pipeline_refusals']>, (typeof COLUMNS)[number]>;

const toRefusal = (row: Row): Refusal => ({
  id: row.id,
  projectId: row.project_id as ProjectId,
  userId: row.user_id as UserId | null,
  pipelineId: row.pipeline_id as PipelineId | null,
  source: row.source,
  ref: row.ref,
  sha: row.sha,
  failureReason: row.failure_reason,
  errors: row.errors as Refusal['errors'],
  createdAt: row.created_at,
});

export async function insertRefusal(tx: Tx, refusal: NewRefusal, explanation: Buffer, now: Date): Promise<number> {
  const row = await tx
    .insertInto('pipeline_refusals')
    .values({
      project_id: refusal.projectId,
      user_id: refusal.userId,
      pipeline_id: refusal.pipelineId,
      source: refusal.source,
      ref: refusal.ref,
      sha: refusal.sha,
      failure_reason: refusal.failureReason,
      errors: JSON.stringify(refusal.errors),
      explanation_sealed: explanation,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function findRefusal(
  db: Db,
  projectId: ProjectId,
  id: number,
): Promise<{ readonly refusal: Refusal; readonly explanation: Uint8Array } | undefined> {
  const row = await db
    .selectFrom('pipeline_refusals')
    .select([...COLUMNS, 'explanation_sealed'])
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { refusal: toRefusal(row), explanation: row.explanation_sealed };
}

export interface RefusalFilter {
  readonly projectId: ProjectId;
  readonly ref?: string;
  readonly source?: string;
}

const filtered = (db: Db, { projectId, ref, source }: RefusalFilter) => {
  let query = db.selectFrom('pipeline_refusals').where('project_id', '=', projectId);
  if (ref !== undefined) query = query.where('ref', '=', ref);
  if (source !== undefined) query = query.where('source', '=', source);
  return query;
};

/** The newest first. */
export async function listRefusals(
  db: Db,
  filter: RefusalFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Refusal[]> {
  const rows = await filtered(db, filter)
    .select(COLUMNS)
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toRefusal);
}

export async function countRefusals(db: Db, filter: RefusalFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
}

export async function deleteRefusalsBefore(db: Db, time: Date): Promise<number> {
  const result = await db.deleteFrom('pipeline_refusals').where('created_at', '<', time).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** `sealed`: each pipeline's explanation. */
export async function insertExplanations(
  tx: Tx,
  explanations: readonly { readonly pipelineId: PipelineId; readonly sealed: Buffer }[],
): Promise<void> {
  await tx
    .insertInto('pipeline_explanations')
    .values(explanations.map(({ pipelineId, sealed }) => ({ pipeline_id: pipelineId, explanation_sealed: sealed })))
    .execute();
}

export async function findExplanation(db: Db, pipelineId: PipelineId): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('pipeline_explanations')
    .select('explanation_sealed')
    .where('pipeline_id', '=', pipelineId)
    .executeTakeFirst();
  return row?.explanation_sealed;
}
