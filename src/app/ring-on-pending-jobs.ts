import type { Database } from '../platform/postgres/index.ts';
import type { JobBell } from '../rooms/runners/index.ts';

/** Wakes this process's held polls at each NOTIFY of new work, whichever server's. Resolves to what ends it. */
export const ringOnPendingJobs = (database: Database, bell: JobBell): Promise<() => Promise<void>> =>
  database.listen('penstock_pending_jobs', (payload) => {
    const count = Number(payload);
    bell.ring(payload === undefined || !Number.isInteger(count) ? undefined : count);
  });
