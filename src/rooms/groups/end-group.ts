import { sql } from 'kysely';
import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { NamespaceId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { type EndUserDeps, endBotsOf } from '../accounts/index.ts';
import { revokeAccessRequests } from './access-request-store.ts';
import { endMemberships, endMembershipsOfUser } from './end-memberships.ts';
import type { Group } from './group.ts';
import { markGroupsDeleted } from './group-store.ts';
import type { GroupProjects } from './projects-question.ts';
import { selfAndDescendants } from './tree.ts';

export interface EndGroupDeps {
  readonly clock: Clock;
  readonly publish: Publish;
  readonly groupProjects: Pick<GroupProjects, 'deleteIn'>;
}

/** What ends with the bot of an access token, which owns nothing. */
export const endBotDeps = (deps: Pick<EndGroupDeps, 'clock' | 'publish'>): EndUserDeps => ({
  clock: deps.clock,
  publish: deps.publish,
  onUserDeleted: (tx, id) => endMembershipsOfUser(deps.publish, tx, id),
  // What it scheduled is deleted with its home, and elsewhere refused when it is due.
  onRightsLost: async () => undefined,
});

/** The group and all below it, locked from the top down; what is further down comes first. Nothing can be added meanwhile. */
const lockTree = async (tx: Tx, id: NamespaceId): Promise<readonly NamespaceId[]> => {
  let known = 0;
  for (;;) {
    const { rows } = await sql<{ readonly id: number }>`
      select id from namespaces where id in ${selfAndDescendants(sql`${id}`)} and deleted_at is null
      order by length(full_path), id for no key update`.execute(tx);
    // Whoever was making a group below one of them had it locked, and has ended by now.
    if (rows.length === known) return rows.map((row) => row.id as NamespaceId).toReversed();
    known = rows.length;
  }
};

/**
 * Ends a group whose row is locked, with everything below it: projects, memberships, bots. Hidden last: until then
 * subscribers read it under its own path.
 */
export const endGroup = async (deps: EndGroupDeps, tx: Tx, group: Group): Promise<void> => {
  const ids = await lockTree(tx, group.id);
  const now = deps.clock.now();
  await deps.groupProjects.deleteIn(tx, ids);
  for (const id of ids) {
    await endBotsOf(endBotDeps(deps), tx, { kind: 'group', id });
    await endMemberships(deps.publish, tx, 'group', sql`namespace_id = ${id}`);
    await revokeAccessRequests(deps.publish, tx, { place: { kind: 'group', id } });
    await deps.publish(tx, [{ type: 'group_destroyed', groupId: id }]);
  }
  await markGroupsDeleted(tx, group, now);
};
