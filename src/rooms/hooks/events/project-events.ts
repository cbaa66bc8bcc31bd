import { sql } from 'kysely';
import type { ProjectFact } from '../../../events/index.ts';
import type { ProjectId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { findProjectById } from '../../projects/index.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import { hookEmail } from '../payloads/user-block.ts';
import type { BuiltEvent, EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';

interface Owner {
  readonly name: string;
  readonly public_email: string;
  /** The user whose namespace it is. */
  readonly is_first: boolean;
}

/** Of a group's project: the group's owners; of a user's: the user and the project's owners. */
const findOwners = async (tx: Tx, id: ProjectId): Promise<readonly Owner[]> => {
  const { rows } = await sql<Owner>`
    select users.name, users.public_email, users.id = namespaces.owner_id as is_first from projects
      join namespaces on namespaces.id = projects.namespace_id
      join users on case namespaces.kind
        when 'group' then exists (select 1 from group_members where group_members.namespace_id = namespaces.id
          and group_members.user_id = users.id and group_members.access_level = 50)
        else users.id = namespaces.owner_id or exists (select 1 from project_members
          where project_members.project_id = projects.id and project_members.user_id = users.id
          and project_members.access_level = 50) end
      where projects.id = ${id} order by users.id`.execute(tx);
  return rows;
};

/** The project as its events tell of it; undefined: gone in the same transaction, before its fact was published. */
const projectSnapshot = async (tx: Tx, id: ProjectId): Promise<JsonObject | undefined> => {
  const project = await findProjectById(tx, id);
  if (project === undefined) return undefined;
  const owners = await findOwners(tx, id);
  const first = owners.find((owner) => owner.is_first);
  const { namespace } = project;
  return {
    created_at: isoSeconds(project.createdAt),
    updated_at: isoSeconds(project.updatedAt),
    name: project.name,
    path: project.path,
    path_with_namespace: project.fullPath,
    project_id: project.id,
    project_namespace_id: namespace.id,
    owners: owners.map((owner) => ({ name: owner.name, email: hookEmail(owner.public_email) })),
    project_visibility: project.visibility,
    // Kept for old receivers. A group has no address.
    owner_name: namespace.kind === 'group' ? namespace.name : (first?.name ?? null),
    owner_email: first === undefined ? '' : hookEmail(first.public_email),
  };
};

/** What the hooks of groups hear of: that a project came or went, without the fields for old receivers. */
const forGroups = (eventName: string, snapshot: JsonObject): BuiltEvent => {
  const { owner_name: _name, owner_email: _email, ...rest } = snapshot;
  return { eventName, trigger: 'project_events', payload: { event_name: eventName, ...rest } };
};

const define = (eventName: string, isForGroups: boolean): EventDefinition<ProjectFact> => ({
  placeOf: ({ projectId }) => ({ subject: `project:${projectId}`, projectId }),
  triggersOf: () => (isForGroups ? [null, 'project_events'] : [null]),
  eventName: () => eventName,
  snapshot: (tx, { projectId }) => projectSnapshot(tx, projectId),
  build: async (_deps, fact, snapshot, { wanted }) => {
    if (snapshot === undefined) return [];
    const old = 'oldPathWithNamespace' in fact ? { old_path_with_namespace: fact.oldPathWithNamespace } : {};
    const event: BuiltEvent = { eventName, trigger: null, payload: { event_name: eventName, ...snapshot, ...old } };
    return [
      ...(wanted.has(null) ? [event] : []),
      ...(wanted.has('project_events') ? [forGroups(eventName, snapshot)] : []),
    ];
  },
});

/** Projects that come, go, change, and change their names or places. */
export const projectEvents: EventDefinitions = {
  project_created: define('project_create', true),
  project_destroyed: define('project_destroy', true),
  project_updated: define('project_update', false),
  project_renamed: define('project_rename', false),
  project_transferred: define('project_transfer', false),
};
