import type { Guard } from '../../http/index.ts';
import { forbidden } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { digestOf, sameDigest } from '../../platform/secrets/index.ts';
import { RUNNER_HEADERS } from '../../wire/runner-protocol.ts';
import { isExecuting } from '../../wire/statuses.ts';
import type { Job } from './job.ts';
import { findJobById } from './job-store.ts';
import { findJobCredential } from './runner-job-store.ts';

/** The job whose runner is calling. */
export interface RunnerJobSubject {
  readonly job: Job;
}

/**
 * `:id` is a job in the hands of a runner, and the caller has that very job's token (JOB-TOKEN header, `job_token` or
 * `token`). A wrong token is 403 and says nothing about the job. With the right one: 403 with the job's status where it is
 * no longer running or canceling, was erased, or its project is gone. Never 404: that could come from anywhere on the
 * way, and a runner must not end a job for it.
 */
export const runnerJob = (deps: { readonly db: Db }): Guard<RunnerJobSubject> => ({
  label: "the job's own token, while it runs",
  check: async (request) => {
    const id = Number(request.pathParams['id']);
    const { jobToken } = request.credentials;
    if (!Number.isSafeInteger(id) || jobToken === undefined) throw forbidden();
    const credential = await findJobCredential(deps.db, id);
    if (credential === undefined || !sameDigest(credential.tokenDigest, digestOf(jobToken))) throw forbidden();
    const job = await findJobById(deps.db, credential.id);
    if (job === undefined) throw forbidden();
    const status = { [RUNNER_HEADERS.jobStatus]: job.status };
    if (credential.projectDeleted) throw forbidden('Project has been deleted!', status);
    if (job.erasedAt !== null) throw forbidden('Job has been erased!', status);
    if (!isExecuting(job.status)) throw forbidden('Job is not running', status);
    return { job };
  },
});
