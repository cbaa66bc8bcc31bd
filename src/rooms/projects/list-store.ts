import { sql } from 'kysely';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { ROLES, type Role, selfAndDescendants, type Visibility } from '../groups/index.ts';
import type { Project } from './project.ts';
import { PROJECT_SELECTION, selectProjects, toProject } from './project-store.ts';
import { isMember } from './role-store.ts';

export interface ProjectFilter {
  /** Part of the path or name (with `searchNamespaces`: of the full path). */
  readonly search?: string | undefined;
  readonly searchNamespaces?: boolean | undefined;
  readonly visibility?: Visibility | undefined;
  readonly archived?: boolean | undefined;
  /** Only those that the caller owns. */
  readonly owned?: boolean | undefined;
  /** Only those that the caller is a member of. */
  readonly membership?: boolean | undefined;
  readonly minAccessLevel?: Role | undefined;
  /** Only those in this user's namespace. */
  readonly ofUserId?: number | undefined;
  /** Only those of this group, with `withSubgroups` also of the groups below. */
  readonly inGroup?: { readonly id: number; readonly withSubgroups: boolean } | undefined;
  readonly idAfter?: number | undefined;
  readonly idBefore?: number | undefined;
}

export const PROJECT_ORDERS = ['id', 'name', 'path', 'created_at', 'updated_at', 'last_activity_at'] as const;

export type ProjectOrder = (typeof PROJECT_ORDERS)[number];

/** Everything that the viewer may see: administrators all of it, users what is theirs or not private, others what is public. */
const selectVisible = (db: Db, viewer: User | undefined, now: Date) => {
  const query = selectProjects(db);
  if (viewer === undefined) return query.where('projects.visibility', '=', 'public');
  if (viewer.admin) return query;
  return query.where((where) =>
    where.or([where('projects.visibility', 'in', ['public', 'internal']), isMember(viewer.id, ROLES.guest, now)]),
  );
};

/** The role that the caller must have in every project of the list. */
const leastRole = (filter: ProjectFilter): Role | undefined => {
  if (filter.owned === true) return ROLES.owner;
  return filter.minAccessLevel ?? (filter.membership === true ? ROLES.guest : undefined);
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
  if (filter.inGroup?.withSubgroups === false) query = query.where('projects.namespace_id', '=', filter.inGroup.id);
  if (filter.inGroup?.withSubgroups === true) {
    const tree = selfAndDescendants(sql`${filter.inGroup.id}`);
    query = query.where(sql<boolean>`projects.namespace_id in ${tree}`);
  }
  const least = leastRole(filter);
  if (least !== undefined) {
    query = viewer === undefined ? query.where(sql<boolean>`false`) : query.where(isMember(viewer.id, least, now));
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
