import type { ApiRequest, Guard } from '../../http/index.ts';
import { errorReply, Halt } from '../../http/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { forbidden } from '../../kit/errors.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { digestOf } from '../../platform/secrets/index.ts';
import type { RunnerInfo } from '../../wire/runner-protocol.ts';
import { readRunnerInfo } from './read-runner-info.ts';
import type { Runner } from './runner.ts';
import { findRunnerByDigest } from './runner-store.ts';

export interface RunnerSubject {
  readonly runner: Runner;
  readonly token: string;
  readonly info: RunnerInfo;
  /** Tells apart the processes that share the token; undefined for very old runners. */
  readonly systemId: string | undefined;
}

const tokenOf = (request: ApiRequest): string => {
  const { token } = request.rawParams;
  if (typeof token === 'string' && token !== '') return token;
  return request.credentials.runnerToken ?? '';
};

export interface RunnerTokenDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** Undefined: the token is nobody's, or has expired. */
export async function findRunnerByToken(deps: RunnerTokenDeps, token: string): Promise<Runner | undefined> {
  const runner = await findRunnerByDigest(deps.db, digestOf(token));
  const expiresAt = runner?.tokenExpiresAt ?? null;
  return expiresAt !== null && expiresAt.getTime() <= deps.clock.now().getTime() ? undefined : runner;
}

/**
 * A runner by its authentication token (body or RUNNER-TOKEN header): 400 without one, 403 for one that is unknown
 * or has expired.
 */
export const runnerByToken = (deps: RunnerTokenDeps): Guard<RunnerSubject> => ({
  label: 'runner token',
  check: async (request) => {
    const token = tokenOf(request);
    if (token === '') throw new Halt(errorReply(400, 'token is missing'));
    const runner = await findRunnerByToken(deps, token);
    if (runner === undefined) throw forbidden();
    const systemId = request.rawParams['system_id'];
    return {
      runner,
      token,
      info: readRunnerInfo(request.rawParams['info']),
      systemId: typeof systemId === 'string' && systemId !== '' ? systemId : undefined,
    };
  },
});
