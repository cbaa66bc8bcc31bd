import type { Selectable } from 'kysely';
import type { ProjectId, ScheduleId, UserId } from '../../kit/ids.ts';
import { withoutAbsent } from '../../kit/without-absent.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { findUsersByIds } from '../accounts/index.ts';
import type { Schedule, SchedulePolicy } from './schedule.ts';

/** SQL of `pipeline_schedules`. */

type Row = Selectable<DB['pipeline_schedules']>;

export const policyOf = (row: Row): SchedulePolicy => ({
  overlap: row.overlap as SchedulePolicy['overlap'],
  catchUp: row.catch_up as SchedulePolicy['catchUp'],
  catchUpDeadline: row.catch_up_deadline,
  jitter: row.jitter,
  dstGap: row.dst_gap as SchedulePolicy['dstGap'],
  dstOverlap: row.dst_overlap as SchedulePolicy['dstOverlap'],
});

const toSchedule = (row: Row, owner: User | undefined): Schedule => ({
  id: row.id as ScheduleId,
  projectId: row.project_id as ProjectId,
  owner: owner ?? null,
  description: row.description,
  ref: row.ref,
  cron: row.cron,
  cronTimezone: row.cron_timezone,
  active: row.active,
  deactivatedReason: row.deactivated_reason,
  nextRunAt: row.next_run_at,
  policy: policyOf(row),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** With their owners, in the order of the rows. */
const toSchedules = async (db: Db, rows: readonly Row[]): Promise<readonly Schedule[]> => {
  const ids = rows.flatMap((row) => (row.owner_id === null ? [] : [row.owner_id]));
  const owners = await findUsersByIds(db, [...new Set(ids)]);
  const byId = new Map<number, User>(owners.map((owner) => [owner.id, owner]));
  return rows.map((row) => toSchedule(row, row.owner_id === null ? undefined : byId.get(row.owner_id)));
};

export interface ScheduleFilter {
  readonly projectId: ProjectId;
  readonly active?: boolean;
}

const filtered = (db: Db, { projectId, active }: ScheduleFilter) => {
  const query = db.selectFrom('pipeline_schedules').where('project_id', '=', projectId);
  return active === undefined ? query : query.where('active', '=', active);
};

/** In the order of their numbers. */
export const listSchedules = async (
  db: Db,
  filter: ScheduleFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly Schedule[]> => {
  const rows = await filtered(db, filter).selectAll().orderBy('id').limit(page.limit).offset(page.offset).execute();
  return toSchedules(db, rows);
};

export const countSchedules = async (db: Db, filter: ScheduleFilter): Promise<number> => {
  const row = await filtered(db, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findSchedule = async (db: Db, projectId: ProjectId, id: number): Promise<Schedule | undefined> => {
  const row = await filtered(db, { projectId }).selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : (await toSchedules(db, [row]))[0];
};

export const findSchedulesByIds = async (
  db: Db,
  projectId: ProjectId,
  ids: readonly ScheduleId[],
): Promise<ReadonlyMap<ScheduleId, Schedule>> => {
  if (ids.length === 0) return new Map();
  const rows = await filtered(db, { projectId })
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map((await toSchedules(db, rows)).map((schedule) => [schedule.id, schedule]));
};

/**
 * The row as it stands, locked until the transaction ends; undefined when it is gone. Pipelines and ticks that refer to it
 * may be written meanwhile.
 */
export const lockSchedule = async (tx: Tx, id: ScheduleId): Promise<Schedule | undefined> => {
  const row = await tx
    .selectFrom('pipeline_schedules')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : (await toSchedules(tx, [row]))[0];
};

/** Numbers of the active schedules that run as a user, locked, always in the same order. */
export const lockActiveSchedulesOf = async (tx: Tx, ownerId: UserId): Promise<readonly ScheduleId[]> => {
  const rows = await tx
    .selectFrom('pipeline_schedules')
    .select('id')
    .where('owner_id', '=', ownerId)
    .where('active', '=', true)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows.map((row) => row.id as ScheduleId);
};

export const findScheduleDescription = async (db: Db, id: ScheduleId): Promise<string | undefined> => {
  const row = await db.selectFrom('pipeline_schedules').select('description').where('id', '=', id).executeTakeFirst();
  return row?.description;
};

/** What a person says of a schedule. */
export type ScheduleTexts = Pick<Schedule, 'description' | 'ref' | 'cron' | 'cronTimezone' | 'active'>;

/** Its next run is to be set afterwards: it may depend on the number that the row gets. */
export const insertSchedule = async (
  tx: Tx,
  schedule: ScheduleTexts & { readonly projectId: ProjectId; readonly ownerId: UserId },
  now: Date,
): Promise<ScheduleId> => {
  const row = await tx
    .insertInto('pipeline_schedules')
    .values({
      project_id: schedule.projectId,
      owner_id: schedule.ownerId,
      description: schedule.description,
      ref: schedule.ref,
      cron: schedule.cron,
      cron_timezone: schedule.cronTimezone,
      active: schedule.active,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id as ScheduleId;
};

export interface ScheduleChanges extends Partial<ScheduleTexts> {
  readonly ownerId?: UserId;
  readonly deactivatedReason?: string | null;
  readonly nextRunAt?: Date | null;
  readonly policy?: SchedulePolicy;
}

export const updateSchedule = async (
  db: Db | Tx,
  id: ScheduleId,
  { policy, ...changes }: ScheduleChanges,
  now: Date,
): Promise<void> => {
  const columns = withoutAbsent({
    description: changes.description,
    ref: changes.ref,
    cron: changes.cron,
    cron_timezone: changes.cronTimezone,
    active: changes.active,
    owner_id: changes.ownerId,
    deactivated_reason: changes.deactivatedReason,
    next_run_at: changes.nextRunAt,
    overlap: policy?.overlap,
    catch_up: policy?.catchUp,
    catch_up_deadline: policy?.catchUpDeadline,
    jitter: policy?.jitter,
    dst_gap: policy?.dstGap,
    dst_overlap: policy?.dstOverlap,
    updated_at: now,
  });
  await db.updateTable('pipeline_schedules').set(columns).where('id', '=', id).execute();
};

/** Its pipelines stay, without it. */
export const deleteSchedule = async (db: Db, id: ScheduleId): Promise<void> => {
  await db.deleteFrom('pipeline_schedules').where('id', '=', id).execute();
};
