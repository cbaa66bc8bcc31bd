import type { MemberFact } from '../../../events/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isRole, ROLE_NAMES } from '../../groups/index.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import { hookEmail } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions, EventPlace, JsonObject, Page } from './event-definition.ts';
import { keyOf, keyOfFact, membershipsOfPage } from './member-reads.ts';

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

const snapshotOf = async (tx: Tx, fact: MemberFact, page: Page): Promise<JsonObject | undefined> => {
  const { place, userId } = fact;
  const { places, users, since } = await membershipsOfPage({ tx, page });
  const ofPlace = places.get(keyOf(place));
  if (ofPlace === undefined) return undefined;
  const user = users.get(userId);
  const at = since.get(keyOfFact(fact));
  return {
    ...(at !== undefined && { created_at: isoSeconds(at), updated_at: isoSeconds(at) }),
    ...ofPlace,
    user_username: user?.username ?? null,
    user_name: user?.name ?? null,
    user_email: user === undefined ? null : hookEmail(user.public_email),
    user_id: userId,
    ...(place.kind === 'project' ? { access_level: roleName(fact.accessLevel) } : ofGroupMember(fact)),
  };
};

const ofGroupMember = ({ accessLevel, expiresAt }: MemberFact): JsonObject => ({
  group_access: roleName(accessLevel),
  // Rails gives a day as its beginning.
  expires_at: expiresAt === null ? null : `${expiresAt}T00:00:00Z`,
  group_plan: null,
});

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
