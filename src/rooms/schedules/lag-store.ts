import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';

/** How long after their moment runs started. Seconds; null where nothing ran. */
export interface Lag {
  readonly runs: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * Of the runs that were decided since then: from the moment at which each should have started (the planned time, and the
 * jitter that it was given) to the transaction that made its pipeline.
 */
export const findLag = async (db: Db, projectId: ProjectId, since: Date): Promise<Lag> => {
  const lag = sql`extract(epoch from decided_at - due_at)`;
  const { rows } = await sql<{ runs: number; p50: number | null; p99: number | null; max: number | null }>`
    select count(*)::int as runs,
      percentile_cont(0.5) within group (order by ${lag})::float8 as p50,
      percentile_cont(0.99) within group (order by ${lag})::float8 as p99,
      max(${lag})::float8 as max
    from schedule_ticks
    where project_id = ${projectId} and state in ('started', 'late') and decided_at >= ${since}`.execute(db);
  return rows[0] ?? { runs: 0, p50: null, p99: null, max: null };
};
