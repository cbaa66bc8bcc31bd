import { sql } from 'kysely';
import type { ProjectFact } from '../../../events/index.ts';
import type { ProjectId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { findProjectById } from '../../projects/index.ts';
import type { EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';

/** Shown in the place of an address that somebody does not show to everybody. */
const REDACTED = '[REDACTED]';

interface Owner {
  readonly name: string;
  readonly public_email: string;
}

/** Who owns a project: its direct owners, or those of its group. */
const findOwners = async (tx: Tx, id: ProjectId): Promise<readonly Owner[]> => {
  const { rows } = await sql<Owner>`
    select users.name, users.public_email from projects
      join project_members on project_members.project_id = projects.id and project_members.access_level = 50
      join users on users.id = project_members.user_id
      where projects.id = ${id}
    union
    select users.name, users.public_email from projects
      join group_members on group_members.namespace_id = projects.namespace_id and group_members.access_level = 50
      join users on users.id = group_members.user_id
      where projects.id = ${id}`.execute(tx);
  return rows;
};

const emailOf = ({ public_email: email }: Owner): string => (email === '' ? REDACTED : email);

/** The project as its events tell of it; undefined: gone in the same transaction, before its fact was published. */
const projectSnapshot = async (tx: Tx, id: ProjectId): Promise<JsonObject | undefined> => {
  const project = await findProjectById(tx, id);
  if (project === undefined) return undefined;
  const owners = await findOwners(tx, id);
  const isPersonal = project.namespace.kind === 'user';
  const [first] = owners;
  return {
    created_at: project.createdAt.toISOString(),
    updated_at: project.updatedAt.toISOString(),
    name: project.name,
    path: project.path,
    path_with_namespace: project.fullPath,
    project_id: project.id,
    project_namespace_id: project.namespace.id,
    owners: owners.map((owner) => ({ name: owner.name, email: emailOf(owner) })),
    owner_name: isPersonal && first !== undefined ? first.name : project.namespace.name,
    owner_email: isPersonal && first !== undefined ? emailOf(first) : null,
    project_visibility: project.visibility,
  };
};

const define = (eventName: string): EventDefinition<ProjectFact> => ({
  placeOf: ({ projectId }) => ({ subject: `project:${projectId}`, projectId }),
  triggers: [null],
  eventName: () => eventName,
  snapshot: (tx, { projectId }) => projectSnapshot(tx, projectId),
  build: async (_deps, fact, snapshot) => {
    if (snapshot === undefined) return [];
    const old = 'oldPathWithNamespace' in fact ? { old_path_with_namespace: fact.oldPathWithNamespace } : {};
    return [{ eventName, trigger: null, payload: { event_name: eventName, ...snapshot, ...old } }];
  },
});

/** Projects that come, go, change, and change their names or places. */
export const projectEvents: EventDefinitions = {
  project_created: define('project_create'),
  project_destroyed: define('project_destroy'),
  project_updated: define('project_update'),
  project_renamed: define('project_rename'),
  project_transferred: define('project_transfer'),
};
