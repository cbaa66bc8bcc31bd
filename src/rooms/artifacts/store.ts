import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { JobId, PipelineId, ProjectId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { ArtifactFormat } from '../../wire/runner-protocol.ts';
import type { Accessibility, Artifact } from './artifact.ts';

/** SQL of `artifacts` and `dotenv_variables`. */

export const toArtifact = (row: Selectable<DB['artifacts']>): Artifact => ({
  id: row.id,
  projectId: row.project_id as ProjectId,
  jobId: row.job_id as JobId,
  fileType: row.file_type,
  fileFormat: row.file_format as ArtifactFormat,
  filename: row.filename,
  size: row.size,
  sha256: row.sha256,
  blobKey: row.blob_key,
  entriesBlobKey: row.entries_blob_key,
  accessibility: row.accessibility as Accessibility,
  locked: row.locked,
  expireAt: row.expire_at,
});

export async function findArtifacts(db: Db | Tx, jobIds: readonly JobId[]): Promise<readonly Artifact[]> {
  if (jobIds.length === 0) return [];
  const rows = await db
    .selectFrom('artifacts')
    .selectAll()
    .where('job_id', 'in', [...jobIds])
    .orderBy('id')
    .execute();
  return rows.map(toArtifact);
}

export async function findArtifact(db: Db | Tx, jobId: JobId, fileType: string): Promise<Artifact | undefined> {
  const row = await db
    .selectFrom('artifacts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('file_type', '=', fileType)
    .executeTakeFirst();
  return row === undefined ? undefined : toArtifact(row);
}

export type NewArtifact = Omit<Artifact, 'id' | 'locked'>;

/** Locked from the start where the project keeps the artifacts of its newest pipelines. */
export async function insertArtifact(tx: Tx, artifact: NewArtifact, now: Date): Promise<void> {
  await sql`
    insert into artifacts (
      project_id, job_id, file_type, file_format, filename, size, sha256, blob_key, entries_blob_key, accessibility,
      locked, expire_at, created_at
    )
    select ${artifact.projectId}, ${artifact.jobId}, ${artifact.fileType}, ${artifact.fileFormat}, ${artifact.filename},
      ${artifact.size}, ${artifact.sha256}, ${artifact.blobKey}, ${artifact.entriesBlobKey}, ${artifact.accessibility},
      projects.keep_latest_artifact, ${artifact.expireAt}::timestamptz, ${now}::timestamptz
    from projects where projects.id = ${artifact.projectId}`.execute(tx);
}

/** Blobs that lost their row, for `orphanBlobs`. */
export type LostBlobs = readonly string[];

interface DeletedRow {
  readonly job_id: number;
  readonly file_type: string;
  readonly blob_key: string;
  readonly entries_blob_key: string | null;
}

async function lostBlobs(tx: Tx, rows: readonly DeletedRow[]): Promise<LostBlobs> {
  // The variables of a report go with it.
  const reporters = rows.filter((row) => row.file_type === 'dotenv').map((row) => row.job_id);
  if (reporters.length > 0) await tx.deleteFrom('dotenv_variables').where('job_id', 'in', reporters).execute();
  return rows.flatMap((row) => [row.blob_key, ...(row.entries_blob_key === null ? [] : [row.entries_blob_key])]);
}

export async function deleteArtifactsOfJob(tx: Tx, jobId: JobId): Promise<LostBlobs> {
  const rows = await tx
    .deleteFrom('artifacts')
    .where('job_id', '=', jobId)
    .returning(['job_id', 'file_type', 'blob_key', 'entries_blob_key'])
    .execute();
  return lostBlobs(tx, rows);
}

/** At most `limit` artifacts that have expired and are not kept. Others who do the same skip these. */
export async function deleteExpired(tx: Tx, now: Date, limit: number): Promise<LostBlobs> {
  const { rows } = await sql<DeletedRow>`
    delete from artifacts where id in (
      select id from artifacts where expire_at <= ${now} and not locked
      order by expire_at limit ${limit} for update skip locked
    )
    returning job_id, file_type, blob_key, entries_blob_key`.execute(tx);
  return lostBlobs(tx, rows);
}

/** Null = never. */
export async function updateExpireAtOfJob(tx: Tx, jobId: JobId, expireAt: Date | null): Promise<void> {
  await tx.updateTable('artifacts').set({ expire_at: expireAt }).where('job_id', '=', jobId).execute();
}

export async function findJobsWithArtifacts(tx: Tx, projectId: ProjectId): Promise<readonly JobId[]> {
  const rows = await tx
    .selectFrom('artifacts')
    .select('job_id')
    .distinct()
    .where('project_id', '=', projectId)
    .orderBy('job_id')
    .execute();
  return rows.map((row) => row.job_id as JobId);
}

/** Lets everything in a project expire now. */
export async function updateExpireAtOfProject(tx: Tx, projectId: ProjectId, now: Date): Promise<void> {
  await sql`
    update artifacts set expire_at = ${now} where id in (
      select id from artifacts where project_id = ${projectId} order by id for update
    )`.execute(tx);
}

/**
 * All blobs of a pipeline: artifacts, their lists, logs. Takes the pipeline's row and then its jobs', so that no upload
 * that is under way can add one before the pipeline is deleted in the same transaction.
 */
export async function findBlobsOfPipeline(tx: Tx, id: PipelineId): Promise<LostBlobs> {
  await sql`select 1 from pipelines where id = ${id} for no key update`.execute(tx);
  await sql`select 1 from jobs where pipeline_id = ${id} order by id for update`.execute(tx);
  const { rows } = await sql<{ readonly key: string }>`
    select unnest(array[artifacts.blob_key, artifacts.entries_blob_key]) as key
      from artifacts join jobs on jobs.id = artifacts.job_id where jobs.pipeline_id = ${id}
    union all
    select job_traces.blob_key from job_traces join jobs on jobs.id = job_traces.job_id where jobs.pipeline_id = ${id}
    `.execute(tx);
  return rows.flatMap((row) => (row.key === null ? [] : [row.key]));
}

/**
 * The newest of the last `depth` successful pipelines on a ref (short name, or `refs/merge-requests/N/head`) in which that
 * job has an archive that may still be used.
 */
export async function findJobWithArchive(
  db: Db,
  wanted: {
    readonly projectId: ProjectId;
    readonly ref: string;
    readonly jobName: string;
    readonly depth: number;
    /** Pipelines of other sources do not count. */
    readonly sources: readonly string[];
  },
  now: Date,
): Promise<JobId | undefined> {
  const { rows } = await sql<{ readonly id: number }>`
    with recent as (
      select id from pipelines
      where project_id = ${wanted.projectId} and ref = ${wanted.ref} and status = 'success'
        and source = any(${[...wanted.sources]}::text[])
      order by id desc limit ${wanted.depth}
    )
    select jobs.id from recent
    join jobs on jobs.pipeline_id = recent.id
    join artifacts on artifacts.job_id = jobs.id and artifacts.file_type = 'archive'
    where jobs.name = ${wanted.jobName} and not jobs.retried
      and (artifacts.locked or artifacts.expire_at is null or artifacts.expire_at > ${now})
    order by recent.id desc, jobs.id desc limit 1`.execute(db);
  return rows[0]?.id as JobId | undefined;
}

export interface SealedVariable {
  readonly jobId: JobId;
  readonly key: string;
  readonly valueSealed: Buffer;
}

export async function insertDotenvVariables(
  tx: Tx,
  jobId: JobId,
  variables: readonly Omit<SealedVariable, 'jobId'>[],
): Promise<void> {
  if (variables.length === 0) return;
  const rows = variables.map(({ key, valueSealed }, position) => ({
    job_id: jobId,
    position,
    key,
    value_sealed: valueSealed,
  }));
  await tx.insertInto('dotenv_variables').values(rows).execute();
}

export async function findSealedVariables(db: Db, jobIds: readonly JobId[]): Promise<readonly SealedVariable[]> {
  if (jobIds.length === 0) return [];
  const rows = await db
    .selectFrom('dotenv_variables')
    .select(['job_id', 'key', 'value_sealed'])
    .where('job_id', 'in', [...jobIds])
    .orderBy('job_id')
    .orderBy('position')
    .execute();
  return rows.map((row) => ({ jobId: row.job_id as JobId, key: row.key, valueSealed: row.value_sealed }));
}
