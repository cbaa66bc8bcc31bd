import { created, integer, noContent, type Route, route } from '../../../http/index.ts';
import { notFound } from '../../../kit/errors.ts';
import { type ChangeHookDeps, changeHook, getHook } from '../change-hook.ts';
import { resetHealth } from '../hook-store.ts';
import { presentHook } from '../present.ts';
import { newSigningToken } from '../signing-token.ts';
import { type HookHome, hookId } from './hook-home.ts';

const DAY = 86_400;
const MOST_DAYS = 30;

const enableRoute = (deps: ChangeHookDeps, { ownPath, noun, guard }: HookHome): Route =>
  route({
    method: 'POST',
    path: `${ownPath}/:hook_id/enable`,
    summary: `Let a ${noun} that was disabled send again; its failures are forgotten`,
    params: hookId,
    guard,
    handler: async ({ subject, params }) => {
      const { id } = await getHook(deps, subject.place, params.hook_id);
      await resetHealth(deps.db, id);
      return created(presentHook(await getHook(deps, subject.place, id), { now: deps.clock.now() }));
    },
  });

const newTokenRoute = (deps: ChangeHookDeps, { ownPath, noun, guard }: HookHome): Route =>
  route({
    method: 'POST',
    path: `${ownPath}/:hook_id/signing_token`,
    summary: `Give a ${noun} a new signing token and show it once; the one before signs for a while beside it`,
    params: {
      ...hookId,
      keep_old_for: integer({
        default: DAY,
        range: { min: 0, max: MOST_DAYS * DAY },
        description: 'Seconds for which the token before goes on signing',
      }),
    },
    guard,
    handler: async ({ subject, params }) => {
      const signingToken = newSigningToken();
      const until = new Date(deps.clock.now().getTime() + params.keep_old_for * 1000);
      const hook = await changeHook(deps, subject.place, params.hook_id, (before) => ({
        ...before,
        signingToken,
        oldSigningToken:
          before.signingToken === null || params.keep_old_for === 0 ? null : { token: before.signingToken, until },
      }));
      const old = hook.oldSigningToken?.until.toISOString() ?? null;
      return created({ signing_token: signingToken, old_signing_token_until: old });
    },
  });

const endOldTokenRoute = (deps: ChangeHookDeps, { ownPath, noun, guard }: HookHome): Route =>
  route({
    method: 'DELETE',
    path: `${ownPath}/:hook_id/signing_token/old`,
    summary: `Let the signing token that a ${noun} had before sign no more`,
    params: hookId,
    guard,
    handler: async ({ subject, params }) => {
      await changeHook(deps, subject.place, params.hook_id, (hook) => {
        if (hook.oldSigningToken === null) throw notFound('Old Signing Token');
        return { ...hook, oldSigningToken: null };
      });
      return noContent();
    },
  });

/** Penstock's own: enabling, and signing tokens that the server makes. */
export const ownRoutes = (deps: ChangeHookDeps, home: HookHome): readonly Route[] => [
  enableRoute(deps, home),
  newTokenRoute(deps, home),
  endOldTokenRoute(deps, home),
];
