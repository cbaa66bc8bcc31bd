import { sql } from 'kysely';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project, Visibility } from './project.ts';
import { PROJECT_SELECTION, selectProjects, toProject } from './project-store.ts';
import { ROLES, type Role } from './role.ts';
import { isCurrentMember } from './role-store.ts';

export interface ProjectFilter {
  /** Part of the path or name (with `searchNamespaces`: of the full path). */
  readonly search?: string | undefined;
  readonly searchNamespaces?: boolean | undefined;
  readonly visibility?: Visibility | undefined;
  readonly archived?: boolean | undefined;
  /** Only those in the caller's own namespace. */
  readonly owned?: boolean | undefined;
  /** Only those that the caller is a member of. */
  readonly membership?: boolean | undefined;
  readonly minAccessLevel?: Role | undefined;
  /** Only those in this user's namespace. */
  readonly ofUserId?: number | undefined;
  readonly idAfter?: number | undefined;
  readonly idBefore?: number | undefined;
}

export const PROJECT_ORDERS = ['id', 'name', 'path', 'created_at', 'updated_at', 'last_activity_at'] as const;

export type ProjectOrder = (typeof PROJECT_ORDERS)[number];

const isMember = (user: User, least: Role, now: Date) =>
  sql<boolean>`exists (
    select from project_members where project_members.project_id = projects.id
      and project_members.user_id = ${user.id} and project_members.access_level >= ${least} and ${isCurrentMember(now)})`;

/** Everything that the viewer may see: administrators all of it, users what is theirs or not private, others what is public. */
const selectVisible = (db: Db, viewer: User | undefined, now: Date) => {
  const query = selectProjects(db);
  if (viewer === undefined) return query.where('projects.visibility', '=', 'public');
  if (viewer.admin) return query;
  return query.where((where) =>
    where.or([where('projects.visibility', 'in', ['public', 'internal']), isMember(viewer, ROLES.guest, now)]),
  );
};

const selectFiltered = (db: Db, viewer: User | undefined, filter: ProjectFilter, now: Date) => {
  let query = selectVisible(db, viewer, now);
  if (filter.search !== undefined && filter.search !== '') {
    const part = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const path = filter.searchNamespaces === true ? sql`lower(projects.full_path)` : sql`lower(projects.path)`;
    query = query.where((where) =>
      where.or([where(path, 'like', part), where(sql`lower(projects.name)`, 'like', part)]),
    );
  }
  if (filter.visibility !== undefined) query = query.where('projects.visibility', '=', filter.visibility);
  if (filter.archived !== undefined) query = query.where('projects.archived', '=', filter.archived);
  if (filter.ofUserId !== undefined) query = query.where('namespaces.owner_id', '=', filter.ofUserId);
  if (filter.owned === true) query = query.where('namespaces.owner_id', '=', viewer?.id ?? -1);
  const least = filter.minAccessLevel ?? (filter.membership === true ? ROLES.guest : undefined);
  if (least !== undefined) {
    query = viewer === undefined ? query.where(sql<boolean>`false`) : query.where(isMember(viewer, least, now));
  }
  if (filter.idAfter !== undefined) query = query.where('projects.id', '>', filter.idAfter);
  if (filter.idBefore !== undefined) query = query.where('projects.id', '<', filter.idBefore);
  return query;
};

export const listProjects = async (
  db: Db,
  viewer: User | undefined,
  filter: ProjectFilter,
  page: {
    readonly limit: number;
    readonly offset: number;
    readonly orderBy: ProjectOrder;
    readonly sort: 'asc' | 'desc';
  },
  now: Date,
): Promise<readonly Project[]> => {
  const rows = await selectFiltered(db, viewer, filter, now)
    .select(PROJECT_SELECTION)
    .orderBy(`projects.${page.orderBy}`, page.sort)
    .orderBy('projects.id', page.sort)
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toProject);
};

export const countProjects = async (
  db: Db,
  viewer: User | undefined,
  filter: ProjectFilter,
  now: Date,
): Promise<number> => {
  const row = await selectFiltered(db, viewer, filter, now)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};
