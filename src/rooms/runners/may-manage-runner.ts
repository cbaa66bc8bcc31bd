import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { UserActor } from '../accounts/index.ts';
import { findGroupById, findGroupRole, groupCan } from '../groups/index.ts';
import { findProjectById, findRole, userCan } from '../projects/index.ts';
import type { Runner } from './runner.ts';
import { findProjectsOfRunner } from './runner-store.ts';

/**
 * Administrators manage every runner; a project's runner also those who may administer the runners of all its projects, a
 * group's its owners.
 */
export async function mayManageRunner(
  deps: { readonly db: Db; readonly clock: Clock },
  actor: UserActor,
  runner: Runner,
): Promise<boolean> {
  if (actor.user.admin) return true;
  if (runner.groupId !== null) {
    const group = await findGroupById(deps.db, runner.groupId);
    const role = group && (await findGroupRole(deps.db, actor.user, group.id, deps.clock.now()));
    return group !== undefined && groupCan(actor.user, 'admin_group_runners', group, role);
  }
  if (runner.runnerType !== 'project_type') return false;
  const projectIds = await findProjectsOfRunner(deps.db, runner.id);
  for (const id of projectIds) {
    const project = await findProjectById(deps.db, id);
    const role = await findRole(deps.db, actor.user, id, deps.clock.now());
    if (project === undefined || !userCan(actor.user, 'admin_runners', project, role)) return false;
  }
  return projectIds.length > 0;
}
