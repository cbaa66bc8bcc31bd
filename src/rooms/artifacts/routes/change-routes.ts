import type { ApiRequest, Route } from '../../../http/index.ts';
import { accepted, created, integer, noContent, ok, route } from '../../../http/index.ts';
import { forbidden, notFound, recordNotFound } from '../../../kit/errors.ts';
import type { JobSubject } from '../../pipelines/index.ts';
import { answerJob, contextOf, findJobById } from '../../pipelines/index.ts';
import { erasableJob } from '../guards.ts';
import { deleteArtifacts, eraseJob, expireProjectArtifacts, keepArtifacts } from '../remove-artifacts.ts';
import type { ArtifactRouteDeps } from './deps.ts';

const ID = { job_id: integer({ required: true }) };

async function answerNow(deps: ArtifactRouteDeps, subject: JobSubject, request: ApiRequest) {
  const job = await findJobById(deps.db, subject.job.id);
  if (job === undefined) throw recordNotFound();
  return answerJob(deps, job, contextOf(request, subject.project), subject.project);
}

/** `POST …/artifacts/keep`: they never expire. 200 with the job. */
const keepRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/jobs/:job_id/artifacts/keep',
    summary: "Keep a job's artifacts for ever",
    params: ID,
    guard: deps.guards.changeJob('update_build'),
    handler: async ({ subject, request }) => {
      if (!(await keepArtifacts(deps, subject.job.id))) throw notFound();
      return ok(await answerNow(deps, subject, request));
    },
  });

/** `DELETE …/artifacts` of a job. The log stays. */
const deleteRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: '/projects/:id/jobs/:job_id/artifacts',
    summary: "Delete a job's artifacts",
    params: ID,
    guard: deps.guards.job('destroy_job_artifacts', { authenticateFirst: true }),
    handler: async ({ subject }) => {
      await deleteArtifacts(deps, subject.job.id);
      return noContent();
    },
  });

/** `DELETE /projects/:id/artifacts`: all expire now; those of the latest pipelines of each ref are kept. */
const deleteAllRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: '/projects/:id/artifacts',
    summary: 'Delete the artifacts of a project',
    params: {},
    guard: deps.guards.project('destroy_job_artifacts', { authenticateFirst: true }),
    handler: async ({ subject }) => {
      await expireProjectArtifacts(deps, subject.project.id);
      return accepted({ message: '202 Accepted' });
    },
  });

/** `POST …/erase`: log and artifacts of an ended job. 201 with the job. */
const eraseRoute = (deps: ArtifactRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/jobs/:job_id/erase',
    summary: 'Erase the log and the artifacts of a job',
    params: ID,
    guard: erasableJob(deps),
    handler: async ({ subject, request }) => {
      if (!(await eraseJob(deps, subject.job.id))) throw forbidden('Job is not erasable!');
      return created(await answerNow(deps, subject, request));
    },
  });

export const changeArtifactRoutes = (deps: ArtifactRouteDeps): readonly Route[] => [
  keepRoute(deps),
  deleteRoute(deps),
  deleteAllRoute(deps),
  eraseRoute(deps),
];
