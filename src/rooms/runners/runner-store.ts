import type { RawBuilder, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { NamespaceId, ProjectId, RunnerId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { EXECUTING } from '../../wire/statuses.ts';
import { selfAndAncestors } from '../groups/index.ts';
import type { Runner, RunnerStatus, RunnerType } from './runner.ts';
import { ONLINE_WITHIN, STALE_AFTER } from './runner.ts';

/** SQL of `runners` and `runner_projects`. */

const toRunner = (row: Selectable<DB['runners']>): Runner => ({
  id: row.id as RunnerId,
  runnerType: row.runner_type as RunnerType,
  groupId: row.namespace_id as NamespaceId | null,
  description: row.description,
  maintenanceNote: row.maintenance_note,
  paused: row.paused,
  locked: row.locked,
  runUntagged: row.run_untagged,
  tagList: row.tag_list,
  accessLevel: row.access_level === 'ref_protected' ? 'ref_protected' : 'not_protected',
  maximumTimeout: row.maximum_timeout,
  embedded: row.embedded,
  tokenExpiresAt: row.token_expires_at,
  contactedAt: row.contacted_at,
  createdAt: row.created_at,
});

export async function findRunnerByDigest(db: Db | Tx, digest: Uint8Array): Promise<Runner | undefined> {
  const row = await db
    .selectFrom('runners')
    .selectAll()
    .where('token_digest', '=', Buffer.from(digest))
    .executeTakeFirst();
  return row === undefined ? undefined : toRunner(row);
}

export async function findRunner(db: Db | Tx, id: number): Promise<Runner | undefined> {
  const row = await db.selectFrom('runners').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toRunner(row);
}

export async function findRunnersByIds(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, Runner>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('runners')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, toRunner(row)]));
}

export async function findEmbeddedRunner(db: Db | Tx): Promise<Runner | undefined> {
  const row = await db.selectFrom('runners').selectAll().where('embedded', '=', true).limit(1).executeTakeFirst();
  return row === undefined ? undefined : toRunner(row);
}

export interface NewRunner {
  readonly runnerType: RunnerType;
  readonly tokenDigest: Uint8Array;
  readonly legacy: boolean;
  readonly embedded: boolean;
  readonly description: string;
  readonly maintenanceNote: string | null;
  readonly paused: boolean;
  readonly locked: boolean;
  readonly runUntagged: boolean;
  readonly tagList: readonly string[];
  readonly accessLevel: Runner['accessLevel'];
  readonly maximumTimeout: number | null;
  readonly creatorId: UserId | null;
  /** Of a project runner: the first project that it serves. */
  readonly projectId: ProjectId | null;
  readonly groupId: NamespaceId | null;
}

export async function insertRunner(tx: Tx, runner: NewRunner, now: Date): Promise<Runner> {
  const row = await tx
    .insertInto('runners')
    .values({
      runner_type: runner.runnerType,
      token_digest: Buffer.from(runner.tokenDigest),
      legacy: runner.legacy,
      embedded: runner.embedded,
      description: runner.description,
      maintenance_note: runner.maintenanceNote,
      paused: runner.paused,
      locked: runner.locked,
      run_untagged: runner.runUntagged,
      tag_list: [...runner.tagList],
      access_level: runner.accessLevel,
      maximum_timeout: runner.maximumTimeout,
      namespace_id: runner.groupId,
      creator_id: runner.creatorId,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (runner.projectId !== null) await assignProject(tx, row.id as RunnerId, runner.projectId);
  return toRunner(row);
}

export async function assignProject(tx: Tx, id: RunnerId, projectId: ProjectId): Promise<void> {
  await tx
    .insertInto('runner_projects')
    .values({ runner_id: id, project_id: projectId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findProjectsOfRunner(db: Db, id: RunnerId): Promise<readonly ProjectId[]> {
  const rows = await db.selectFrom('runner_projects').select('project_id').where('runner_id', '=', id).execute();
  return rows.map((row) => row.project_id as ProjectId);
}

/** A new token; the old one is dead at once. */
export async function updateRunnerToken(db: Db | Tx, id: RunnerId, digest: Uint8Array, now: Date): Promise<void> {
  await db
    .updateTable('runners')
    .set({ token_digest: Buffer.from(digest), updated_at: now })
    .where('id', '=', id)
    .execute();
}

export type RunnerChanges = Partial<
  Pick<
    Runner,
    | 'description'
    | 'maintenanceNote'
    | 'paused'
    | 'locked'
    | 'runUntagged'
    | 'tagList'
    | 'accessLevel'
    | 'maximumTimeout'
  >
>;

export async function updateRunner(db: Db | Tx, id: RunnerId, changes: RunnerChanges, now: Date): Promise<void> {
  await db
    .updateTable('runners')
    .set({
      updated_at: now,
      ...(changes.description !== undefined && { description: changes.description }),
      ...(changes.maintenanceNote !== undefined && { maintenance_note: changes.maintenanceNote }),
      ...(changes.paused !== undefined && { paused: changes.paused }),
      ...(changes.locked !== undefined && { locked: changes.locked }),
      ...(changes.runUntagged !== undefined && { run_untagged: changes.runUntagged }),
      ...(changes.tagList !== undefined && { tag_list: [...changes.tagList] }),
      ...(changes.accessLevel !== undefined && { access_level: changes.accessLevel }),
      ...(changes.maximumTimeout !== undefined && { maximum_timeout: changes.maximumTimeout }),
    })
    .where('id', '=', id)
    .execute();
}

export async function deleteRunner(tx: Tx, id: RunnerId): Promise<void> {
  await tx.deleteFrom('runners').where('id', '=', id).execute();
}

/** At most once a minute: it is written on every poll otherwise. */
export async function touchRunner(db: Db, id: RunnerId, now: Date): Promise<void> {
  await sql`
    update runners set contacted_at = ${now}
    where id = ${id} and (contacted_at is null or contacted_at < ${new Date(now.getTime() - 60_000)})`.execute(db);
}

export interface RunnerListFilter {
  readonly type?: RunnerType;
  /** As it is at this moment. */
  readonly status?: { readonly is: RunnerStatus; readonly now: Date };
  readonly paused?: boolean;
  readonly tagList?: readonly string[];
  /** Only runners that this project may use. */
  readonly projectId?: ProjectId;
  /** Only runners made by this user. */
  readonly creatorId?: UserId;
}

function hasStatus(status: RunnerStatus, now: Date): RawBuilder<boolean> {
  const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  switch (status) {
    case 'active':
      return sql`not paused`;
    case 'paused':
      return sql`paused`;
    case 'never_contacted':
      return sql`contacted_at is null`;
    case 'online':
      return sql`contacted_at > ${ago(ONLINE_WITHIN)}`;
    case 'offline':
      return sql`contacted_at <= ${ago(ONLINE_WITHIN)}`;
    case 'stale':
      return sql`coalesce(contacted_at, created_at) <= ${ago(STALE_AFTER)}`;
  }
}

/** A condition on `runners`: a runner of the namespace itself or of a group above it. */
export const servesGroupOf = (namespaceId: RawBuilder<unknown>) =>
  sql<boolean>`(runners.runner_type = 'group_type' and runners.namespace_id in ${selfAndAncestors(namespaceId)})`;

const filtered = (db: Db, filter: RunnerListFilter) => {
  let query = db.selectFrom('runners');
  if (filter.type !== undefined) query = query.where('runner_type', '=', filter.type);
  if (filter.status !== undefined) query = query.where(hasStatus(filter.status.is, filter.status.now));
  if (filter.paused !== undefined) query = query.where('paused', '=', filter.paused);
  if (filter.tagList !== undefined) {
    query = query.where(sql<boolean>`tag_list @> ${[...filter.tagList]}::text[]`);
  }
  if (filter.creatorId !== undefined) query = query.where('creator_id', '=', filter.creatorId);
  const { projectId } = filter;
  if (projectId !== undefined) {
    query = query.where((where) =>
      where.or([
        where('runner_type', '=', 'instance_type'),
        servesGroupOf(sql`(select projects.namespace_id from projects where projects.id = ${projectId})`),
        where('id', 'in', (sub) =>
          sub.selectFrom('runner_projects').select('runner_id').where('project_id', '=', projectId),
        ),
      ]),
    );
  }
  return query;
};

export async function listRunners(
  db: Db,
  filter: RunnerListFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Runner[]> {
  const rows = await filtered(db, filter)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toRunner);
}

export async function countRunners(db: Db, filter: RunnerListFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((one) => one.fn.countAll<number>().as('count'))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Those of them that have a job in their hands. */
export async function findActiveRunners(db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('jobs')
    .select('runner_id')
    .distinct()
    .where('runner_id', 'in', [...ids])
    .where('status', 'in', EXECUTING)
    .execute();
  return new Set(rows.flatMap((row) => row.runner_id ?? []));
}

/** Jobs that are in the hands of the embedded runner. */
export async function countEmbeddedJobs(db: Db): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`
    select count(*) as count from jobs join runners on runners.id = jobs.runner_id
    where runners.embedded and jobs.status in ('running', 'canceling')`.execute(db);
  return rows[0]?.count ?? 0;
}
