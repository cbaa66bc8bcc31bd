import type { Guard, Route } from '../../../http/index.ts';
import { ok, route } from '../../../http/index.ts';
import { notFound, unauthorized } from '../../../kit/errors.ts';
import type { AuthenticateDeps, JobActor } from '../../accounts/index.ts';
import { authenticate } from '../../accounts/index.ts';
import { findProjectById } from '../../projects/index.ts';
import type { AnswerDeps } from '../answer.ts';
import { answerJob, contextOf } from '../answer.ts';
import { findJobById } from '../job-store.ts';

export interface CurrentJobRouteDeps extends AnswerDeps {
  readonly authenticate: AuthenticateDeps;
}

/** A job by its own token while it runs. 401 for no or a dead token; 404 for any other credential, as in GitLab. */
const callingJob = (deps: AuthenticateDeps): Guard<JobActor> => ({
  label: 'job token',
  check: async (request) => {
    const actor = await authenticate(deps, request, { jobToken: true });
    if (actor.kind === 'anonymous') throw unauthorized();
    if (actor.kind !== 'job') throw notFound('Job');
    return actor;
  },
});

/** `GET /job`: the job whose token this is. */
export const currentJobRoute = (deps: CurrentJobRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/job',
    summary: 'The job whose token is sent',
    params: {},
    guard: callingJob(deps.authenticate),
    handler: async ({ subject, request }) => {
      const job = await findJobById(deps.db, subject.job.id);
      const project = await findProjectById(deps.db, subject.job.projectId);
      if (job === undefined || project === undefined) throw notFound('Job');
      return ok(await answerJob(deps, job, contextOf(request, project), project));
    },
  });
