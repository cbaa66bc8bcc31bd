import type { CountRequest, Route } from '../../../http/index.ts';
import { created, noContent, rateLimited, route, string } from '../../../http/index.ts';
import { RUNNER_HEADERS } from '../../../wire/runner-protocol.ts';
import { findRunnerByToken, type RunnerSubject, runnerByToken } from '../guards.ts';
import { recordManager } from '../manager-store.ts';
import type { RequestJobDeps } from '../request-job.ts';
import { requestJob } from '../request-job.ts';
import { touchRunner } from '../runner-store.ts';

/** GitLab's proxy refuses larger ones too. */
const BODY_LIMIT = 32 * 1024;

/**
 * Opaque to runners. The queue is searched at every poll, so all that a cursor says is that the runner was answered before
 * and may be held now, by whichever server it reaches.
 */
const CURSOR = '1';

export interface JobRequestRouteDeps extends RequestJobDeps {
  /** Milliseconds that a poll is held while there is no work; under the minute after which proxies give up. */
  readonly longPoll: number;
  readonly countRequest: CountRequest<RunnerSubject>;
}

/** `POST /jobs/request`: 201 with the job, 204 without one, 403 for a token that is no runner's. Never 403 otherwise. */
export const jobRequestRoute = (deps: JobRequestRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/jobs/request',
    summary: 'A runner asks for a job',
    params: { last_update: string() },
    bodyLimit: BODY_LIMIT,
    guard: rateLimited(runnerByToken(deps), '2000', deps.countRequest),
    handler: async ({ subject, params, request }) => {
      const now = deps.clock.now();
      const { runner, info, systemId, token } = subject;
      const cursor = { [RUNNER_HEADERS.lastUpdate]: CURSOR };
      await touchRunner(deps.db, runner.id, now);
      const manager = await recordManager(deps.db, runner.id, { systemId, info, ip: request.ip }, now);
      if (runner.paused) return noContent(cursor);
      const payload = await requestJob(deps, {
        runner,
        findRunnerAgain: async () => {
          const found = await findRunnerByToken(deps, token);
          return found?.paused === false ? found : undefined;
        },
        manager,
        features: info.features ?? {},
        // The first poll of a runner gets its cursor at once, as GitLab has it.
        hold: params.last_update === undefined || params.last_update === '' ? 0 : deps.longPoll,
        signal: request.signal,
      });
      return payload === undefined ? noContent(cursor) : created(payload);
    },
  });
