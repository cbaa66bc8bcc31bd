import type { Clock } from '../../kit/clock.ts';
import { badRequest, notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { canSeeGroup, findGroupById, findGroupRole, type Group, type GroupProjects } from '../groups/index.ts';
import { userCan } from './can.ts';
import {
  countAllowedProjects,
  deleteAllowedGroup,
  deleteAllowedProject,
  insertAllowedGroup,
  insertAllowedProject,
  listAllowedGroups,
} from './job-token-store.ts';
import type { Project } from './project.ts';
import { findProjectById } from './project-store.ts';
import { findRole } from './role-store.ts';

/** GitLab's limits in each direction. */
const MAX_ALLOWED_PROJECTS = 200;
const MAX_ALLOWED_GROUPS = 200;

const unreadable = (target: 'target_project' | 'target_group') =>
  badRequest(
    `The ${target} that you are attempting to access does not exist or you don't have permission to perform this action`,
  );

interface AllowlistDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** Lets the jobs of another project act on this one with their users' rights. Throws 404 and 400 as GitLab does. */
export const allowProject = async (
  deps: AllowlistDeps,
  user: User,
  project: Project,
  targetId: number,
): Promise<Project> => {
  const target = await findProjectById(deps.db, targetId);
  if (target === undefined) throw notFound('target_project_id not found');
  const now = deps.clock.now();
  const role = await findRole(deps.db, user, target.id, now);
  if (!userCan(user, 'read_project', target, role)) throw unreadable('target_project');
  if (target.id === project.id)
    throw badRequest("Validation failed: Target project can't be the same as the source project");
  await deps.db.transaction().execute(async (tx) => {
    const entry = { projectId: project.id, sourceId: target.id, addedById: user.id };
    if (!(await insertAllowedProject(tx, entry, now))) {
      throw badRequest('This project is already in the job token allowlist.');
    }
    if ((await countAllowedProjects(tx, project.id)) > MAX_ALLOWED_PROJECTS) {
      throw badRequest(
        'Validation failed: Source project exceeds the allowable number of project links in this direction',
      );
    }
  });
  return target;
};

/** Throws 400 for the project itself and for one that is not on the list. */
export const disallowProject = async (deps: AllowlistDeps, project: Project, targetId: number): Promise<void> => {
  if (targetId === project.id) throw badRequest('Source project cannot be removed from the job token scope');
  const target = await findProjectById(deps.db, targetId);
  if (target === undefined) throw notFound('target_project_id not found');
  if (!(await deleteAllowedProject(deps.db, project.id, target.id))) {
    throw badRequest('Target project is not in the job token scope');
  }
};

/** Lets the jobs of all projects in a group and below it act on this one. Throws 404 and 400 as GitLab does. */
export const allowGroup = async (
  deps: AllowlistDeps & { readonly groupProjects: Pick<GroupProjects, 'namespacesOfMember'> },
  user: User,
  project: Project,
  targetId: number,
): Promise<Group> => {
  const target = await findGroupById(deps.db, targetId);
  if (target === undefined) throw notFound('target_group_id not found');
  const role = await findGroupRole(deps.db, user, target.id, deps.clock.now());
  if (!(await canSeeGroup(deps, user, target, role))) throw unreadable('target_group');
  await deps.db.transaction().execute(async (tx) => {
    const entry = { projectId: project.id, groupId: target.id, addedById: user.id };
    if (!(await insertAllowedGroup(tx, entry, deps.clock.now()))) {
      throw badRequest('This group is already in the job token allowlist.');
    }
    if ((await listAllowedGroups(tx, project.id)).length > MAX_ALLOWED_GROUPS) {
      throw badRequest(
        'Validation failed: Source project exceeds the allowable number of group links in this direction',
      );
    }
  });
  return target;
};

/** Throws 400 for a group that is not on the list, whether it exists or not. */
export const disallowGroup = async (deps: AllowlistDeps, project: Project, targetId: number): Promise<void> => {
  if (!(await deleteAllowedGroup(deps.db, project.id, targetId))) {
    throw badRequest('Target group is not in the job token scope');
  }
};
