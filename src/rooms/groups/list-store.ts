import { type RawBuilder, sql } from 'kysely';
import type { NamespaceId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import type { Group, Visibility } from './group.ts';
import { idIn, readGroups, selectGroups } from './group-store.ts';
import { ROLES, type Role } from './role.ts';
import { allSelfAndAncestors, groupsAboveMember, groupsOfMember, selfAndDescendants } from './tree.ts';

/** Who asks for a list of groups. */
export interface GroupViewer {
  readonly user: User | undefined;
  /** Namespaces that have a project of which the viewer is a member. */
  readonly namespacesOfProjects: readonly number[];
  readonly now: Date;
}

export interface GroupFilter {
  /** Part of the path or name. */
  readonly search?: string | undefined;
  readonly visibility?: Visibility | undefined;
  /** False: only those that the viewer belongs to. */
  readonly allAvailable?: boolean | undefined;
  /** Only those that the viewer owns. */
  readonly owned?: boolean | undefined;
  readonly minAccessLevel?: Role | undefined;
  readonly topLevelOnly?: boolean | undefined;
  readonly skip?: readonly number[] | undefined;
  /** Only those directly below this group, or anywhere below. */
  readonly below?: { readonly id: NamespaceId; readonly deep: boolean } | undefined;
}

export const GROUP_ORDERS = ['name', 'path', 'id'] as const;
export type GroupOrder = (typeof GROUP_ORDERS)[number];

const idList = (ids: readonly number[]): RawBuilder<unknown> => sql`select unnest(${[...ids]}::bigint[])`;

/** The groups that a user belongs to: by role, above such a group, or above a project of theirs. */
const belongsTo = (user: User, { namespacesOfProjects, now }: GroupViewer) => sql<boolean>`(
  namespaces.id in ${groupsOfMember(user.id, ROLES.guest, now)}
  or namespaces.id in ${groupsAboveMember(user.id, now)}
  or namespaces.id in ${allSelfAndAncestors(idList(namespacesOfProjects))})`;

const selectVisible = (db: Db, viewer: GroupViewer, filter: GroupFilter) => {
  const query = selectGroups(db);
  const { user, now } = viewer;
  if (user === undefined) return query.where('namespaces.visibility', '=', 'public');
  const least = filter.minAccessLevel ?? (filter.owned === true ? ROLES.owner : undefined);
  if (least !== undefined) return query.where(idIn(groupsOfMember(user.id, least, now)));
  if (user.admin && filter.allAvailable !== false) return query;
  if (filter.allAvailable !== true) return query.where(belongsTo(user, viewer));
  return query.where((where) =>
    where.or([where('namespaces.visibility', 'in', ['public', 'internal']), belongsTo(user, viewer)]),
  );
};

const selectFiltered = (db: Db, viewer: GroupViewer, filter: GroupFilter) => {
  let query = selectVisible(db, viewer, filter);
  if (filter.search !== undefined && filter.search !== '') {
    const part = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((where) =>
      where.or([where(sql`lower(namespaces.path)`, 'like', part), where(sql`lower(namespaces.name)`, 'like', part)]),
    );
  }
  const { below, skip } = filter;
  if (filter.visibility !== undefined) query = query.where('namespaces.visibility', '=', filter.visibility);
  if (filter.topLevelOnly === true) query = query.where('namespaces.parent_id', 'is', null);
  if (skip !== undefined && skip.length > 0) query = query.where('namespaces.id', 'not in', skip);
  if (below?.deep === false) query = query.where('namespaces.parent_id', '=', below.id);
  if (below?.deep === true) {
    query = query.where('namespaces.id', '!=', below.id).where(idIn(selfAndDescendants(sql`${below.id}`)));
  }
  return query;
};

export const listGroups = (
  db: Db,
  viewer: GroupViewer,
  filter: GroupFilter,
  page: {
    readonly limit: number;
    readonly offset: number;
    readonly orderBy: GroupOrder;
    readonly sort: 'asc' | 'desc';
  },
): Promise<readonly Group[]> => {
  const text = sql`lower(${sql.ref(`namespaces.${page.orderBy}`)}) collate "C"`;
  const order = page.orderBy === 'id' ? sql.ref('namespaces.id') : text;
  return readGroups(
    selectFiltered(db, viewer, filter)
      .orderBy(order, page.sort)
      .orderBy('namespaces.id', 'asc')
      .limit(page.limit)
      .offset(page.offset),
  );
};

export const countGroups = async (db: Db, viewer: GroupViewer, filter: GroupFilter): Promise<number> => {
  const row = await selectFiltered(db, viewer, filter)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};
