import { type RawBuilder, sql } from 'kysely';
import type { HookId, NamespaceId, ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { selfAndAncestors } from '../groups/index.ts';
import type { EventPlace } from './events/event-definition.ts';
import type { BranchFilterStrategy, HookSwitch } from './hook.ts';
import type { Integration } from './integrations/integration.ts';

/** What is known of a hook to decide whether it hears of an event. */
export interface Listener {
  readonly hookId: HookId;
  readonly kind: 'system' | 'project' | 'group';
  readonly projectId: ProjectId | null;
  readonly groupId: NamespaceId | null;
  readonly switches: readonly HookSwitch[];
  readonly pushEventsBranchFilter: string | null;
  readonly branchFilterStrategy: BranchFilterStrategy;
  readonly integration: Integration | null;
}

/** The hooks that could hear of something in these places. */
export interface Listeners {
  readonly all: readonly Listener[];
  /** The groups above each project. */
  readonly groupsOf: ReadonlyMap<ProjectId, ReadonlySet<NamespaceId>>;
  /** Each group with those above it. */
  readonly groupsAbove: ReadonlyMap<NamespaceId, ReadonlySet<NamespaceId>>;
}

export const findListeners = async (db: Db, places: readonly EventPlace[]): Promise<Listeners> => {
  const projectIds = [...new Set(places.flatMap(({ projectId }) => (projectId === undefined ? [] : [projectId])))];
  const groupsOf = await findAbove(
    db,
    projectIds,
    sql`select id, namespace_id from projects where id = any(${projectIds}::bigint[])`,
  );
  const ownIds = [...new Set(places.flatMap(({ groupId }) => (groupId === undefined ? [] : [groupId])))];
  const groupsAbove = await findAbove(db, ownIds, sql`select id, id from unnest(${ownIds}::bigint[]) as id`);
  const groupIds = [...new Set([...groupsOf.values(), ...groupsAbove.values()].flatMap((ids) => [...ids]))];
  const rows = await db
    .selectFrom('hooks')
    .select(['id', 'kind', 'project_id', 'group_id', 'switches', 'push_events_branch_filter', 'branch_filter_strategy'])
    .select('integration')
    .where((where) =>
      where.or([
        where('kind', '=', 'system'),
        ...(projectIds.length > 0 ? [where('project_id', 'in', projectIds)] : []),
        ...(groupIds.length > 0 ? [where('group_id', 'in', groupIds)] : []),
      ]),
    )
    .orderBy('id')
    .execute();
  const all = rows.map((row) => ({
    hookId: row.id as HookId,
    kind: row.kind as Listener['kind'],
    projectId: row.project_id as ProjectId | null,
    groupId: row.group_id as NamespaceId | null,
    switches: row.switches as HookSwitch[],
    pushEventsBranchFilter: row.push_events_branch_filter,
    branchFilterStrategy: row.branch_filter_strategy as BranchFilterStrategy,
    integration: row.integration as Integration | null,
  }));
  return { all, groupsOf, groupsAbove };
};

/** Those of them that are still there, and stay until the end of the transaction. */
export const holdHooks = async (tx: Tx, ids: readonly HookId[]): Promise<ReadonlySet<HookId>> => {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ readonly id: HookId }>`
    select id from hooks where id = any(${[...new Set(ids)]}::bigint[]) order by id for key share`.execute(tx);
  return new Set(rows.map(({ id }) => id));
};

/** The namespaces from each place upwards. `places`: a query of these ids and the namespaces to begin with. */
const findAbove = async <Id extends number>(
  db: Db,
  ids: readonly Id[],
  places: RawBuilder<unknown>,
): Promise<ReadonlyMap<Id, ReadonlySet<NamespaceId>>> => {
  const found = new Map<Id, Set<NamespaceId>>();
  if (ids.length === 0) return found;
  const { rows } = await sql<{ readonly id: Id; readonly group_id: NamespaceId }>`
    select place.id, above.group_id from (${places}) as place (id, namespace_id)
      cross join lateral ${selfAndAncestors(sql`place.namespace_id`)} as above (group_id)`.execute(db);
  for (const { id, group_id: groupId } of rows) found.set(id, (found.get(id) ?? new Set()).add(groupId));
  return found;
};
