import type { Route } from '../../../http/index.ts';
import { created, integer, json, noContent, ok, route, string } from '../../../http/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import { forbidden, notFound, PenstockError } from '../../../kit/errors.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { digestOf } from '../../../platform/secrets/index.ts';
import type { AccountGuards } from '../../accounts/index.ts';
import { runnerByToken } from '../guards.ts';
import { deleteManager, recordManager } from '../manager-store.ts';
import { mayManageRunner } from '../may-manage-runner.ts';
import { deleteRunner, findRunner, touchRunner, updateRunnerToken } from '../runner-store.ts';
import { newRunnerToken } from '../runner-token.ts';

export interface LifecycleRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly accounts: AccountGuards;
}

/** `POST /runners/verify`: is this token a runner's? Its first contact also makes the manager. */
const verifyRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/runners/verify',
    summary: 'Verify the token of a runner',
    params: {},
    guard: runnerByToken(deps),
    handler: async ({ subject, request }) => {
      const now = deps.clock.now();
      const { runner, info, systemId, token } = subject;
      await touchRunner(deps.db, runner.id, now);
      await recordManager(deps.db, runner.id, { systemId, info, ip: request.ip }, now);
      return ok({ id: runner.id, token, token_expires_at: runner.tokenExpiresAt?.toISOString() ?? null });
    },
  });

/** Registration tokens are what GitLab has retired: 410, with the way to go now. */
const registerRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/runners',
    summary: 'Register a runner with a registration token (retired)',
    params: { token: string({ required: true }) },
    guard: deps.accounts.anyone({ scopes: 'any' }),
    handler: () =>
      Promise.reject(
        new PenstockError(
          'gone',
          '410 Gone - Runner registration disallowed. Create the runner with POST /user/runners and use its glrt- token.',
        ),
      ),
  });

const unregisterRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: '/runners',
    summary: 'Delete a runner by its token',
    params: {},
    guard: runnerByToken(deps),
    handler: async ({ subject }) => {
      await deps.db.transaction().execute((tx) => deleteRunner(tx, subject.runner.id));
      return noContent();
    },
  });

const deleteManagerRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'DELETE',
    path: '/runners/managers',
    summary: 'Forget one process of a runner',
    params: { system_id: string({ required: true, allowBlank: false }) },
    guard: runnerByToken(deps),
    handler: async ({ subject, params }) => {
      if (!(await deleteManager(deps.db, subject.runner.id, params.system_id))) throw notFound('Runner Manager');
      return noContent();
    },
  });

const resetOwnTokenRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/runners/reset_authentication_token',
    summary: 'Give a runner a new token, by its present one',
    params: {},
    guard: runnerByToken(deps),
    handler: async ({ subject }) => {
      const token = newRunnerToken(subject.runner.runnerType);
      await updateRunnerToken(deps.db, subject.runner.id, digestOf(token), deps.clock.now());
      return created({ token, token_expires_at: null });
    },
  });

const resetTokenRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/runners/:id/reset_authentication_token',
    summary: 'Give a runner a new token',
    params: { id: integer({ required: true }) },
    guard: deps.accounts.signedIn({ scopes: ['manage_runner'] }),
    handler: async ({ subject, params }) => {
      const runner = await findRunner(deps.db, params.id);
      if (runner === undefined) throw notFound('Runner');
      if (!(await mayManageRunner(deps, subject, runner))) throw forbidden();
      const token = newRunnerToken(runner.runnerType);
      await updateRunnerToken(deps.db, runner.id, digestOf(token), deps.clock.now());
      return created({ token, token_expires_at: null });
    },
  });

/** The job router is a part of GitLab's Kubernetes agent: 501, after which runners poll as ever. */
const discoveryRoute = (deps: LifecycleRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/runners/router/discovery',
    summary: 'Where the job router is (there is none)',
    params: {},
    guard: deps.accounts.anyone({ scopes: 'any' }),
    handler: async () => json(501, { message: '501 Not Implemented' }),
  });

export const runnerLifecycleRoutes = (deps: LifecycleRouteDeps): readonly Route[] => [
  verifyRoute(deps),
  registerRoute(deps),
  unregisterRoute(deps),
  deleteManagerRoute(deps),
  resetOwnTokenRoute(deps),
  resetTokenRoute(deps),
  discoveryRoute(deps),
];
