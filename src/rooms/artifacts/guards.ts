import type { ApiRequest, Guard } from '../../http/index.ts';
import { forbidden, notFound, PenstockError } from '../../kit/errors.ts';
import type { AuthenticateDeps, JobActor } from '../accounts/index.ts';
import { actingUser, authenticateJob } from '../accounts/index.ts';
import type { JobSubject, PipelineGuards } from '../pipelines/index.ts';
import { findJobById } from '../pipelines/index.ts';
import { can, findProjectById, findProtectedRefs, findRole, isProtected, jobTokenReach } from '../projects/index.ts';
import { mayRead } from './access.ts';
import type { Artifact } from './artifact.ts';
import { isAvailable } from './artifact.ts';
import { findArtifact } from './store.ts';

/** An archive that the caller may have. */
export interface ArchiveSubject {
  readonly archive: Artifact;
}

/**
 * `:id` is a job whose archive the caller's own running job (JOB-TOKEN) may have: its user may read that job, in the job's
 * own project or in one that allows it. 403 otherwise, also for a token that is none; 404 when there is no archive. Who may
 * read it through the API (`artifacts:access`) is not asked within a project: jobs pass their files on all the same.
 */
export const archiveForJob = (deps: AuthenticateDeps): Guard<ArchiveSubject> => ({
  label: 'token of a running job that may read the job',
  check: async (request) => {
    const actor = await runningJob(deps, request);
    const id = Number(request.pathParams['id']);
    const job = Number.isSafeInteger(id) ? await findJobById(deps.db, id as typeof actor.job.id) : undefined;
    const project = job && (await findProjectById(deps.db, job.projectId));
    if (job === undefined || project === undefined) throw forbidden();
    const reach = await jobTokenReach(deps, actor, project);
    const now = deps.clock.now();
    const role = reach === 'full' ? await findRole(deps.db, actingUser(actor), project.id, now) : undefined;
    if (reach === 'none' || !can(actor, 'read_job_artifacts', project, role)) throw forbidden();
    const archive = await findArtifact(deps.db, job.id, 'archive');
    if (archive === undefined || !isAvailable(archive, now)) throw notFound();
    const isOwn = actor.job.projectId === project.id;
    if (!isOwn && !mayRead({ actor, project, role }, archive.accessibility)) throw forbidden();
    return { archive };
  },
});

async function runningJob(deps: AuthenticateDeps, request: ApiRequest): Promise<JobActor> {
  const { jobToken } = request.credentials;
  if (jobToken === undefined) throw forbidden();
  try {
    return await authenticateJob(deps, jobToken);
  } catch (error) {
    throw error instanceof PenstockError && error.code === 'unauthorized' ? forbidden() : error;
  }
}

/**
 * `:job_id` of `:id`, to erase it: maintainers, and developers what they started themselves on a ref that is not
 * protected.
 */
export const erasableJob = (
  deps: Pick<AuthenticateDeps, 'db'> & { readonly guards: Pick<PipelineGuards, 'job'> },
): Guard<JobSubject> => {
  const guard = deps.guards.job('read_build', { authenticateFirst: true });
  return {
    label: `${guard.label}, erase_build or own on an unprotected ref`,
    check: async (request) => {
      const subject = await guard.check(request);
      const { actor, project, role, job } = subject;
      if (can(actor, 'erase_build', project, role)) return subject;
      const isOwn = job.userId !== null && actingUser(actor)?.id === job.userId;
      const refs = await findProtectedRefs(deps.db, project.id);
      const onProtected = isProtected(refs, job.ref, job.tag ? 'tag' : 'branch');
      if (!isOwn || onProtected || !can(actor, 'update_build', project, role)) throw forbidden();
      return subject;
    },
  };
};
