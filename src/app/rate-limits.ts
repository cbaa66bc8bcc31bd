import type { CountRequest, Guard, ReplyHeaders, Throttle } from '../http/index.ts';
import { type ApiRequest, Halt, RateLimiter, type RateState, rateLimited, text } from '../http/index.ts';
import { digestOf } from '../platform/secrets/index.ts';
import { type AuthenticateDeps, actingUser, authenticate, type InstanceSettings } from '../rooms/accounts/index.ts';
import type { HookSubject } from '../rooms/hooks/index.ts';
import type { RunnerJobSubject } from '../rooms/pipelines/index.ts';
import type { ProjectSubject, SignedInActor } from '../rooms/projects/index.ts';
import { findRunnerByDigest, type RunnerSubject } from '../rooms/runners/index.ts';

export interface RateLimitDeps {
  readonly authenticate: AuthenticateDeps;
  readonly settings: InstanceSettings;
}

const MINUTE = 60;
/** GitLab's; a minute, place and user. */
const HOOK_CALLS = 5;

/**
 * GitLab's limits on how often one may call. They are counted in this process: several servers on one database each allow
 * as much.
 */
export const makeRateLimits = ({ authenticate: deps, settings }: RateLimitDeps) => {
  const limiter = new RateLimiter();
  const { clock } = deps;
  const countJobCalls =
    (
      name: string,
      setting: 'runner_jobs_patch_trace_api_limit' | 'runner_jobs_endpoints_api_limit',
    ): CountRequest<RunnerJobSubject> =>
    async ({ job }) =>
      limiter.hit(`${name} ${job.id}`, (await settings.current())[setting], MINUTE, clock.now());
  const countHookCalls =
    (name: string): CountRequest<HookSubject> =>
    async ({ place, user }) =>
      limiter.hit(`${name} ${JSON.stringify(place)} ${user.id}`, HOOK_CALLS, MINUTE, clock.now());
  return {
    /** Requests that somebody has hooks of a project or group make. */
    hookTests: countHookCalls('hook test'),
    hookResends: countHookCalls('hook resend'),
    /** `GET /projects/:id/jobs`, a user. */
    jobsList: async ({ actor }: ProjectSubject<SignedInActor>): Promise<RateState> =>
      limiter.hit(
        `jobs of a project ${actor.user.id}`,
        (await settings.current()).project_jobs_api_rate_limit,
        MINUTE,
        clock.now(),
      ),
    /** `POST /jobs/request`, a runner. */
    jobRequests: async ({ runner }: RunnerSubject): Promise<RateState> =>
      limiter.hit(
        `job requests ${runner.id}`,
        (await settings.current()).runner_jobs_request_api_limit,
        MINUTE,
        clock.now(),
      ),
    /** `PATCH /jobs/:id/trace`, a job. */
    traceOf: (guard: Guard<RunnerJobSubject>): Guard<RunnerJobSubject> =>
      rateLimited(guard, '200', countJobCalls('trace', 'runner_jobs_patch_trace_api_limit')),
    /** The other calls of a runner about its job, a job. */
    callsOf: (guard: Guard<RunnerJobSubject>): Guard<RunnerJobSubject> =>
      rateLimited(guard, '200', countJobCalls('job', 'runner_jobs_endpoints_api_limit')),
    throttle: makeThrottle(deps, settings, limiter),
  };
};

/**
 * The instance's throttles of the API, off unless an administrator switches them on: requests of a user, whatever the
 * credential, and requests of an address without a good one. Runners and their jobs have limits of their own.
 */
const makeThrottle =
  (deps: AuthenticateDeps, settings: InstanceSettings, limiter: RateLimiter): Throttle =>
  async (request) => {
    const now = await settings.current();
    if (!now.throttle_unauthenticated_api_enabled && !now.throttle_authenticated_api_enabled) return {};
    if (await isRunner(deps, request)) return {};
    const userId = await userOf(deps, request);
    const kind = userId === undefined ? 'unauthenticated' : 'authenticated';
    if (!now[`throttle_${kind}_api_enabled`]) return {};
    const period = now[`throttle_${kind}_api_period_in_seconds`];
    const limit = now[`throttle_${kind}_api_requests_per_period`];
    const name = `throttle_${kind}_api`;
    const moment = deps.clock.now();
    const state = limiter.hit(`${name} ${userId ?? request.ip}`, limit, period, moment);
    const headers = headersOf(name, state, period, moment);
    if (!state.isOver) return headers;
    const body = `${now.rate_limiting_response_text ?? 'Retry later'}\n`;
    throw new Halt(text(429, body, { ...headers, 'Content-Type': 'text/plain', 'Retry-After': state.resetIn }));
  };

/** GitLab writes the limit as one of a minute, whatever the period. */
const headersOf = (name: string, { observed, limit, resetIn }: RateState, period: number, now: Date): ReplyHeaders => {
  const reset = Math.ceil(now.getTime() / 1000) + resetIn;
  return {
    'RateLimit-Name': name,
    'RateLimit-Limit': Math.ceil((limit * MINUTE) / period),
    'RateLimit-Observed': observed,
    'RateLimit-Remaining': Math.max(0, limit - observed),
    'RateLimit-Reset': reset,
    'RateLimit-ResetTime': new Date(reset * 1000).toUTCString(),
  };
};

const userOf = async (deps: AuthenticateDeps, request: ApiRequest): Promise<number | undefined> => {
  try {
    return actingUser(await authenticate(deps, request, { jobToken: true, scopes: 'any' }))?.id;
  } catch (thrown) {
    if (thrown instanceof Error) return undefined;
    throw thrown;
  }
};

const isRunner = async (deps: AuthenticateDeps, request: ApiRequest): Promise<boolean> => {
  const { token } = request.rawParams;
  const { runnerToken, jobToken } = request.credentials;
  const given = runnerToken ?? (typeof token === 'string' ? token : undefined);
  if (given !== undefined && (await findRunnerByDigest(deps.db, digestOf(given))) !== undefined) return true;
  const isJobCall = jobToken !== undefined && request.path.startsWith('/api/v4/jobs/');
  return isJobCall && (await deps.findExecutingJobByToken(digestOf(jobToken))) !== undefined;
};
