import { sql } from 'kysely';
import type { JobId, PipelineId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import { isExecuting } from '../../wire/statuses.ts';
import type { ExecutingJob } from '../accounts/index.ts';

interface TokenRow {
  readonly id: number;
  readonly pipeline_id: number;
  readonly project_id: number;
  readonly full_path: string;
  readonly user_id: number | null;
  readonly status: string;
  readonly erased_at: Date | null;
  readonly deleted_at: Date | null;
}

async function findByDigest(db: Db, digest: Uint8Array): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`
    select jobs.id, jobs.pipeline_id, jobs.project_id, projects.full_path, jobs.user_id, jobs.status, jobs.erased_at,
      projects.deleted_at
    from jobs join projects on projects.id = jobs.project_id
    where jobs.token_digest = ${Buffer.from(digest)}`.execute(db);
  return rows[0];
}

const toExecutingJob = (row: TokenRow & { readonly user_id: number }): ExecutingJob => ({
  id: row.id as JobId,
  pipelineId: row.pipeline_id as PipelineId,
  projectId: row.project_id as ProjectId,
  projectFullPath: row.full_path,
  userId: row.user_id as UserId,
});

/** Why a job token has lost its power, in GitLab's words (the trigger endpoint says so with 401). */
export type DeadJobToken = 'Job is not running' | 'Job has been erased!' | 'Project has been deleted!';

export type JobTokenVerdict =
  | { readonly kind: 'alive'; readonly job: ExecutingJob }
  | { readonly kind: 'dead'; readonly reason: DeadJobToken }
  | { readonly kind: 'unknown' };

/** Whose job token has this SHA-256 digest, and does it still count? It dies with the job. */
export async function judgeJobToken(db: Db, digest: Uint8Array): Promise<JobTokenVerdict> {
  const row = await findByDigest(db, digest);
  if (row === undefined) return { kind: 'unknown' };
  if (row.deleted_at !== null) return { kind: 'dead', reason: 'Project has been deleted!' };
  if (row.erased_at !== null) return { kind: 'dead', reason: 'Job has been erased!' };
  const { user_id: userId } = row;
  if (!isExecuting(row.status as Status) || userId === null) return { kind: 'dead', reason: 'Job is not running' };
  return { kind: 'alive', job: toExecutingJob({ ...row, user_id: userId }) };
}

/** The answer to the accounts room's question. */
export async function findExecutingJobByToken(db: Db, digest: Uint8Array): Promise<ExecutingJob | undefined> {
  const verdict = await judgeJobToken(db, digest);
  return verdict.kind === 'alive' ? verdict.job : undefined;
}
