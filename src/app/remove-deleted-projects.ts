import { sql } from 'kysely';
import type { PipelineId, ProjectId } from '../kit/ids.ts';
import type { Tx } from '../platform/postgres/index.ts';
import { noteBlobsOfPipeline } from '../rooms/artifacts/index.ts';
import { removeDeletedGroups } from '../rooms/groups/index.ts';
import { removeRepository } from '../rooms/repositories/index.ts';
import type { Parts } from './parts.ts';

/** Milliseconds between the deletion of a project and its removal: its running jobs learn of it in that time. */
const REMOVE_AFTER = 60_000;

/** Takes what is left of deleted projects away: repository, rows and notes of their blobs; then deleted groups that are empty. */
export async function removeDeletedProjects(parts: Parts): Promise<void> {
  const before = new Date(parts.clock.now().getTime() - REMOVE_AFTER);
  const rows = await parts.db
    .selectFrom('projects')
    .select('id')
    .where('deleted_at', '<=', before)
    .orderBy('deleted_at')
    .limit(20)
    .execute();
  for (const row of rows) {
    const id = row.id as ProjectId;
    // The folder first: should that fail, the row is still there to try again.
    await removeRepository(parts.repositories, { id });
    await parts.db.transaction().execute((tx) => removeRows(tx, id));
  }
  while ((await removeDeletedGroups(parts.db)) > 0);
}

async function removeRows(tx: Tx, id: ProjectId): Promise<void> {
  const { rows } = await sql<{ readonly id: number }>`select id from pipelines where project_id = ${id}`.execute(tx);
  for (const row of rows) await noteBlobsOfPipeline(tx, row.id as PipelineId);
  await tx.deleteFrom('projects').where('id', '=', id).execute();
}
