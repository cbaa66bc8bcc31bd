import { sql } from 'kysely';
import type { MemberFact } from '../../../events/index.ts';
import type { NamespaceId, ProjectId, UserId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { findUsersByIds } from '../../accounts/index.ts';
import { isRole, ROLE_NAMES } from '../../groups/index.ts';
import { findProjectById } from '../../projects/index.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import { hookEmail } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions, EventPlace, JsonObject } from './event-definition.ts';

/** GitLab's names of the same in projects and in groups. */
interface Names {
  readonly project: string;
  readonly group: string;
}

const placeOf = ({ place }: MemberFact): EventPlace => ({
  subject: `${place.kind}:${place.id}`,
  ...(place.kind === 'project' ? { projectId: place.id } : { groupId: place.id }),
});

const roleName = (level: number): string | null => (isRole(level) ? ROLE_NAMES[level] : null);

const findUser = async (tx: Tx, id: UserId): Promise<JsonObject> => {
  const [user] = await findUsersByIds(tx, [id]);
  return {
    user_username: user?.username ?? null,
    user_name: user?.name ?? null,
    user_email: user === undefined ? null : hookEmail(user.publicEmail),
    user_id: id,
  };
};

const findProjectMember = async (tx: Tx, fact: MemberFact, projectId: ProjectId): Promise<JsonObject | undefined> => {
  const project = await findProjectById(tx, projectId);
  if (project === undefined) return undefined;
  return {
    project_name: project.name,
    project_path: project.path,
    project_path_with_namespace: project.fullPath,
    project_id: project.id,
    ...(await findUser(tx, fact.userId)),
    access_level: roleName(fact.accessLevel),
    project_visibility: project.visibility,
  };
};

const findGroupMember = async (tx: Tx, fact: MemberFact, groupId: NamespaceId): Promise<JsonObject | undefined> => {
  const group = await tx.selectFrom('namespaces').select(['name', 'path']).where('id', '=', groupId).executeTakeFirst();
  if (group === undefined) return undefined;
  return {
    group_name: group.name,
    group_path: group.path,
    group_id: groupId,
    ...(await findUser(tx, fact.userId)),
    group_access: roleName(fact.accessLevel),
    // Rails gives a day as its beginning.
    expires_at: fact.expiresAt === null ? null : `${fact.expiresAt}T00:00:00Z`,
    group_plan: null,
  };
};

/** Since when somebody is a member, or has asked to become one. */
const findSince = async (tx: Tx, { place, userId }: MemberFact): Promise<Date | undefined> => {
  const { rows } = await sql<{ readonly created_at: Date }>`
    select created_at from project_members where ${place.kind} = 'project' and project_id = ${place.id} and user_id = ${userId}
    union all
    select created_at from group_members where ${place.kind} = 'group' and namespace_id = ${place.id} and user_id = ${userId}
    union all
    select created_at from access_requests where user_id = ${userId}
      and case ${place.kind}::text when 'project' then project_id = ${place.id} else namespace_id = ${place.id} end`.execute(
    tx,
  );
  return rows[0]?.created_at;
};

const snapshotOf = async (tx: Tx, fact: MemberFact): Promise<JsonObject | undefined> => {
  const { place } = fact;
  const member =
    place.kind === 'project' ? await findProjectMember(tx, fact, place.id) : await findGroupMember(tx, fact, place.id);
  if (member === undefined) return undefined;
  const since = await findSince(tx, fact);
  return since === undefined ? member : { created_at: isoSeconds(since), updated_at: isoSeconds(since), ...member };
};

const define = (names: Names): EventDefinition<MemberFact> => ({
  placeOf,
  // The hooks of groups hear of their own members, not of those of their projects.
  triggersOf: ({ place }) => (place.kind === 'group' ? [null, 'member_events'] : [null]),
  eventName: ({ place }) => names[place.kind],
  snapshot: snapshotOf,
  build: async (_deps, { place, type }, snapshot, { wanted, occurredAt }) => {
    if (snapshot === undefined) return [];
    const eventName = names[place.kind];
    const now = isoSeconds(occurredAt);
    const updated = type === 'member_updated' ? { updated_at: now } : {};
    const payload = { event_name: eventName, created_at: now, updated_at: now, ...snapshot, ...updated };
    return [
      ...(wanted.has(null) ? [{ eventName, trigger: null, payload }] : []),
      ...(wanted.has('member_events') ? [{ eventName, trigger: 'member_events' as const, payload }] : []),
    ];
  },
});

/** Direct members of projects and groups, and those who ask to become one. */
export const memberEvents: EventDefinitions = {
  member_added: define({ project: 'user_add_to_team', group: 'user_add_to_group' }),
  member_updated: define({ project: 'user_update_for_team', group: 'user_update_for_group' }),
  member_removed: define({ project: 'user_remove_from_team', group: 'user_remove_from_group' }),
  access_requested: define({ project: 'user_access_request_to_project', group: 'user_access_request_to_group' }),
  access_request_revoked: define({
    project: 'user_access_request_revoked_for_project',
    group: 'user_access_request_revoked_for_group',
  }),
};
