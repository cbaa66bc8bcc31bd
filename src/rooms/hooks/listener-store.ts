import { sql } from 'kysely';
import type { HookId, NamespaceId, ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
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
  const groupsOf = await findGroupsOf(db, projectIds);
  const ownIds = [...new Set(places.flatMap(({ groupId }) => (groupId === undefined ? [] : [groupId])))];
  const groupsAbove = await findGroupsAbove(db, ownIds);
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

const findGroupsOf = async (
  db: Db,
  projectIds: readonly ProjectId[],
): Promise<ReadonlyMap<ProjectId, ReadonlySet<NamespaceId>>> => {
  const groupsOf = new Map<ProjectId, Set<NamespaceId>>();
  if (projectIds.length === 0) return groupsOf;
  const { rows } = await sql<{ readonly project_id: ProjectId; readonly group_id: NamespaceId }>`
    with recursive above (project_id, group_id) as (
      select id, namespace_id from projects where id in (${sql.join(projectIds)})
      union all
      select above.project_id, namespaces.parent_id from above
        join namespaces on namespaces.id = above.group_id and namespaces.parent_id is not null
    )
    select project_id, group_id from above`.execute(db);
  for (const { project_id: projectId, group_id: groupId } of rows) {
    groupsOf.set(projectId, (groupsOf.get(projectId) ?? new Set()).add(groupId));
  }
  return groupsOf;
};

const findGroupsAbove = async (
  db: Db,
  groupIds: readonly NamespaceId[],
): Promise<ReadonlyMap<NamespaceId, ReadonlySet<NamespaceId>>> => {
  const groupsAbove = new Map<NamespaceId, Set<NamespaceId>>();
  if (groupIds.length === 0) return groupsAbove;
  const { rows } = await sql<{ readonly id: NamespaceId; readonly group_id: NamespaceId }>`
    with recursive above (id, group_id) as (
      select id, id from namespaces where id in (${sql.join(groupIds)})
      union all
      select above.id, namespaces.parent_id from above
        join namespaces on namespaces.id = above.group_id and namespaces.parent_id is not null
    )
    select id, group_id from above`.execute(db);
  for (const { id, group_id: groupId } of rows) groupsAbove.set(id, (groupsAbove.get(id) ?? new Set()).add(groupId));
  return groupsAbove;
};
