import { sql } from 'kysely';
import type { RunnerId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { RunnerFeatures, RunnerInfo } from '../../wire/runner-protocol.ts';
import { EXECUTING } from '../../wire/statuses.ts';
import type { RunnerManager } from './runner.ts';

/** SQL of `runner_managers`: the processes that share one runner's token, told apart by their system id. */

/** What a runner without `system_id` (before 16.0) is filed under, as GitLab does. */
const NO_SYSTEM_ID = '<legacy>';

export interface ManagerContact {
  readonly systemId: string | undefined;
  readonly info: RunnerInfo;
  readonly ip: string;
}

/** Makes or refreshes the manager; its details are written anew only when they change or a minute has passed. */
export async function recordManager(
  db: Db | Tx,
  runnerId: RunnerId,
  contact: ManagerContact,
  now: Date,
): Promise<RunnerManager> {
  const systemId = contact.systemId ?? NO_SYSTEM_ID;
  const features: RunnerFeatures = contact.info.features ?? {};
  const { rows } = await sql<{ readonly id: number }>`
    insert into runner_managers (
      runner_id, system_id, version, revision, platform, architecture, executor, features, ip_address, contacted_at,
      created_at
    )
    values (
      ${runnerId}, ${systemId}, ${contact.info.version ?? null}, ${contact.info.revision ?? null},
      ${contact.info.platform ?? null}, ${contact.info.architecture ?? null}, ${contact.info.executor ?? null},
      ${JSON.stringify(features)}::jsonb, ${contact.ip}, ${now}, ${now}
    )
    on conflict (runner_id, system_id) do update set
      version = excluded.version, revision = excluded.revision, platform = excluded.platform,
      architecture = excluded.architecture, executor = coalesce(excluded.executor, runner_managers.executor),
      features = case when excluded.features = '{}' then runner_managers.features else excluded.features end,
      ip_address = excluded.ip_address, contacted_at = excluded.contacted_at
    where runner_managers.contacted_at < ${new Date(now.getTime() - 60_000)}
      or runner_managers.features <> excluded.features or runner_managers.version is distinct from excluded.version
    returning id`.execute(db);
  const written = rows[0] ?? (await findManager(db, runnerId, systemId));
  if (written === undefined) throw new Error(`runner ${runnerId} is gone`);
  return { id: written.id, systemId };
}

export async function findManager(
  db: Db | Tx,
  runnerId: RunnerId,
  systemId: string,
): Promise<{ readonly id: number } | undefined> {
  return db
    .selectFrom('runner_managers')
    .select('id')
    .where('runner_id', '=', runnerId)
    .where('system_id', '=', systemId)
    .executeTakeFirst();
}

/** With what it has said of itself. */
export interface ManagerDetails extends RunnerManager {
  readonly version: string | null;
  readonly revision: string | null;
  readonly platform: string | null;
  readonly architecture: string | null;
  readonly ipAddress: string | null;
  readonly contactedAt: Date;
  readonly createdAt: Date;
  /** Has a job in its hands. */
  readonly isActive: boolean;
}

const selectManagers = (db: Db) =>
  db
    .selectFrom('runner_managers')
    .selectAll()
    .select((manager) =>
      manager
        .exists(
          manager
            .selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.runner_id', '=', 'runner_managers.runner_id')
            .whereRef('jobs.runner_manager_id', '=', 'runner_managers.id')
            .where('jobs.status', 'in', EXECUTING),
        )
        .as('is_active'),
    );

type ManagerRow = Awaited<ReturnType<ReturnType<typeof selectManagers>['execute']>>[number];

const toManager = (row: ManagerRow): ManagerDetails => ({
  id: row.id,
  systemId: row.system_id,
  version: row.version,
  revision: row.revision,
  platform: row.platform,
  architecture: row.architecture,
  ipAddress: row.ip_address,
  contactedAt: row.contacted_at,
  createdAt: row.created_at,
  isActive: Boolean(row.is_active),
});

/** All of a runner, the newest first. */
export async function listManagers(db: Db, runnerId: RunnerId): Promise<readonly ManagerDetails[]> {
  return (await selectManagers(db).where('runner_id', '=', runnerId).orderBy('id', 'desc').execute()).map(toManager);
}

export async function findManagersByIds(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, ManagerDetails>> {
  if (ids.length === 0) return new Map();
  const rows = await selectManagers(db)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, toManager(row)]));
}

/** False: there is no such manager. */
export async function deleteManager(db: Db | Tx, runnerId: RunnerId, systemId: string): Promise<boolean> {
  const result = await db
    .deleteFrom('runner_managers')
    .where('runner_id', '=', runnerId)
    .where('system_id', '=', systemId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
