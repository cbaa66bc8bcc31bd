import type { GroupFact } from '../../../events/index.ts';
import type { NamespaceId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isJsonObject } from '../payloads/is-json-object.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import type { BuiltEvent, EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';

/** The group, and the one above it: the hooks of those above hear of it as a subgroup. */
const findGroup = async (tx: Tx, id: NamespaceId): Promise<JsonObject | undefined> => {
  const row = await tx
    .selectFrom('namespaces')
    .leftJoin('namespaces as parent', 'parent.id', 'namespaces.parent_id')
    .select(['namespaces.id', 'namespaces.name', 'namespaces.path', 'namespaces.full_path'])
    .select(['namespaces.created_at', 'namespaces.updated_at'])
    .select(['parent.id as parent_id', 'parent.name as parent_name', 'parent.path as parent_path'])
    .select('parent.full_path as parent_full_path')
    .where('namespaces.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const group = {
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
    name: row.name,
    path: row.path,
    full_path: row.full_path,
    group_id: row.id,
  };
  const parent =
    row.parent_id === null
      ? null
      : {
          parent_group_id: row.parent_id,
          parent_name: row.parent_name,
          parent_path: row.parent_path,
          parent_full_path: row.parent_full_path,
        };
  return { group, parent };
};

/** `subgroupEvent`: what the hooks of the groups above hear. */
const define = (eventName: string, subgroupEvent?: string): EventDefinition<GroupFact> => ({
  placeOf: ({ groupId }) => ({ subject: `group:${groupId}`, groupId }),
  triggersOf: () => (subgroupEvent === undefined ? [null] : [null, 'subgroup_events']),
  eventName: () => eventName,
  snapshot: (tx, { groupId }) => findGroup(tx, groupId),
  build: async (_deps, fact, snapshot, { wanted }) => {
    const { group, parent } = snapshot ?? {};
    if (!isJsonObject(group)) return [];
    const old = 'oldPath' in fact ? { old_path: fact.oldPath, old_full_path: fact.oldFullPath } : {};
    const events: BuiltEvent[] = [];
    if (wanted.has(null)) {
      events.push({ eventName, trigger: null, payload: { event_name: eventName, ...group, ...old } });
    }
    if (subgroupEvent !== undefined && isJsonObject(parent) && wanted.has('subgroup_events')) {
      const payload = { event_name: subgroupEvent, ...group, ...parent };
      events.push({ eventName: subgroupEvent, trigger: 'subgroup_events', payload });
    }
    return events;
  },
});

/** Groups that come, go, are archived, and change their names or paths. */
export const groupEvents: EventDefinitions = {
  group_created: define('group_create', 'subgroup_create'),
  group_destroyed: define('group_destroy', 'subgroup_destroy'),
  group_updated: define('group_update'),
  group_renamed: define('group_rename'),
};
