import type { Clock } from '../../kit/clock.ts';
import { badRequest, notFound } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { userCan } from './can.ts';
import { countAllowedProjects, deleteAllowedProject, insertAllowedProject } from './job-token-store.ts';
import type { Project } from './project.ts';
import { findProjectById } from './project-store.ts';
import { findRole } from './role-store.ts';

/** GitLab's limit in each direction. */
const MAX_ALLOWED_PROJECTS = 200;

const UNREADABLE =
  "The target_project that you are attempting to access does not exist or you don't have permission to perform this action";

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
  if (!userCan(user, 'read_project', target, role)) throw badRequest(UNREADABLE);
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
