import type { Clock } from '../../kit/clock.ts';
import { forbidden } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findSetting, type JobActor } from '../accounts/index.ts';
import { isOnAllowlist } from './job-token-store.ts';
import { noteJobTokenUse } from './job-token-use-store.ts';
import type { Project } from './project.ts';

/**
 * Whether the instance forces the job token scope on every project (GitLab's default), so that no project can open itself
 * to the jobs of all others.
 */
export const isScopeEnforced = async (db: Db): Promise<boolean> =>
  (await findSetting(db, 'enforce_ci_inbound_job_token_scope_enabled')) !== false;

/** Whether jobs of other projects need an entry in the allowlist: the project's own setting or the instance's. */
export const isScopeEnabled = async (db: Db, project: Project): Promise<boolean> =>
  project.jobTokenScopeEnabled || isScopeEnforced(db);

/**
 * How far a job's token reaches into a project: `full` = its user's own rights (the job's own project, one on the
 * allowlist or in a group on it, or no scope in force), `public` = only what a public or internal project shows to
 * everybody, `none`. Whose token was let in is noted (`job_token_uses`).
 */
export const jobTokenReach = async (
  deps: { readonly db: Db; readonly clock: Clock },
  actor: JobActor,
  project: Project,
): Promise<'full' | 'public' | 'none'> => {
  if (actor.job.projectId === project.id) return 'full';
  const isLetIn =
    !(await isScopeEnabled(deps.db, project)) || (await isOnAllowlist(deps.db, project.id, actor.job.projectId));
  if (!isLetIn && project.visibility === 'private') return 'none';
  await noteJobTokenUse(deps.db, { projectId: project.id, sourceId: actor.job.projectId }, deps.clock.now());
  return isLetIn ? 'full' : 'public';
};

/** What GitLab answers where the reach is `none`. */
export const outsideScope = (actor: JobActor, project: Project) =>
  forbidden(
    `Authentication by CI/CD job token not allowed from ${actor.job.projectFullPath} to project #${project.id}.`,
  );
