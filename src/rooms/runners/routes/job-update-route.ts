import type { Guard, Route } from '../../../http/index.ts';
import { enumeration, hash, integer, route, string, text } from '../../../http/index.ts';
import { RUNNER_HEADERS } from '../../../wire/runner-protocol.ts';
import type { RunnerJobSubject } from '../../pipelines/index.ts';
import { recordChecksum } from '../../traces/index.ts';
import type { FinishJobDeps } from '../finish-job.ts';
import { confirmJob, finishJob } from '../finish-job.ts';

export interface JobUpdateRouteDeps extends FinishJobDeps {
  readonly runnerJob: Guard<RunnerJobSubject>;
}

const BODY_LIMIT = 64 * 1024;

/**
 * `PUT /jobs/:id`: the runner's word on its job. `running` confirms the claim and keeps the job alive; `success` and
 * `failed` end it. 200 with the job's status; 403 when the job is no longer the runner's.
 */
export const jobUpdateRoute = (deps: JobUpdateRouteDeps): Route =>
  route({
    method: 'PUT',
    path: '/jobs/:id',
    summary: 'A runner reports on its job',
    params: {
      id: integer({ required: true }),
      state: enumeration(['running', 'success', 'failed'], { required: true }),
      failure_reason: string(),
      exit_code: integer(),
      checksum: string(),
      output: hash(),
    },
    bodyLimit: BODY_LIMIT,
    guard: deps.runnerJob,
    handler: async ({ subject, params }) => {
      const { job } = subject;
      const checksum = params.output?.['checksum'] ?? params.checksum;
      const size = params.output?.['bytesize'];
      await recordChecksum(deps.db, job.id, {
        checksum: typeof checksum === 'string' ? checksum : null,
        size: typeof size === 'number' ? size : null,
        now: deps.clock.now(),
      });
      const status =
        params.state === 'running'
          ? await confirmJob(deps, job)
          : await finishJob(deps, job, {
              state: params.state,
              reason: params.failure_reason,
              exitCode: params.exit_code,
            });
      return text(200, '200', { [RUNNER_HEADERS.jobStatus]: status });
    },
  });
