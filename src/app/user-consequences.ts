import type { UserConsequences } from '../rooms/accounts/index.ts';
import { findNamespaceOfUser } from '../rooms/accounts/index.ts';
import {
  deleteGroupsOwnedAlone,
  endMembershipsOfUser,
  findGroupsOwnedAlone,
  type GroupProjects,
} from '../rooms/groups/index.ts';
import { dropJobsOfUser, type ProcessDeps } from '../rooms/pipelines/index.ts';
import { type ScheduleClock, switchOffSchedulesOf } from '../rooms/schedules/index.ts';

/** What follows in the higher rooms when a user is renamed, blocked or deleted. */
export const userConsequences = (
  core: ProcessDeps & { readonly scheduleClock: ScheduleClock },
  projects: Pick<GroupProjects, 'followPaths' | 'deleteIn'>,
): UserConsequences => ({
  onUserBlocked: (id) => dropJobsOfUser(core, id),
  onRightsLost: (tx, id) => switchOffSchedulesOf(tx, core, id),
  onNamespaceRenamed: (tx, id) => projects.followPaths(tx, [id], core.clock.now()),
  onUserDeleted: async (tx, id) => {
    await endMembershipsOfUser(core.publish, tx, id);
    const namespace = await findNamespaceOfUser(tx, id);
    if (namespace !== undefined) await projects.deleteIn(tx, [namespace.id]);
  },
  ownsGroupAlone: async (id) => (await findGroupsOwnedAlone(core.db, id, core.clock.now())).length > 0,
  deleteGroupsOwnedAlone: (tx, id) => deleteGroupsOwnedAlone({ ...core, groupProjects: projects }, tx, id),
});
