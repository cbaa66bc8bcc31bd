import { sql } from 'kysely';
import type { Clock } from '../../kit/clock.ts';
import type { JobId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { isAvailable } from './artifact.ts';
import { findArtifacts } from './store.ts';

/** What the jobs that a job depends on have to give it. */
export interface DependencyArtifacts {
  /** `artifacts_file` of the payload. A job that never had an archive is not in it. */
  readonly archives: ReadonlyMap<JobId, { readonly filename: string; readonly size: number }>;
  /** One of them had artifacts that were erased or have expired: the job that needs them fails. */
  readonly isMissing: boolean;
}

export async function dependencyArtifacts(
  deps: { readonly db: Db; readonly clock: Clock },
  jobIds: readonly JobId[],
): Promise<DependencyArtifacts> {
  if (jobIds.length === 0) return { archives: new Map(), isMissing: false };
  const now = deps.clock.now();
  const usable = (await findArtifacts(deps.db, jobIds)).filter((artifact) => isAvailable(artifact, now));
  const archives = usable.filter((artifact) => artifact.fileType === 'archive');
  return {
    archives: new Map(archives.map(({ jobId, filename, size }) => [jobId, { filename, size }])),
    isMissing: await isAnyGone(deps.db, jobIds, new Set(usable.map((artifact) => artifact.jobId)), now),
  };
}

/** The rows of what has expired may be gone already: the job itself remembers when that was. */
async function isAnyGone(db: Db, jobIds: readonly JobId[], usable: ReadonlySet<JobId>, now: Date): Promise<boolean> {
  const { rows } = await sql<{ readonly id: number; readonly erased: boolean; readonly expired: boolean | null }>`
    select id, erased_at is not null as erased, artifacts_expire_at <= ${now} as expired
    from jobs where id = any(${[...jobIds]}::bigint[])`.execute(db);
  return rows.some((row) => row.erased || (row.expired === true && !usable.has(row.id as JobId)));
}
