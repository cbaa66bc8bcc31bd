import {
  created,
  errorReply,
  Halt,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  requireUnmodifiedSince,
  route,
  string,
} from '../../../http/index.ts';
import { type ChangeHookDeps, changeHook, createHook, getHook } from '../change-hook.ts';
import { countHooks, deleteHook, listHooks } from '../hook-store.ts';
import { changedSettings } from '../hook-wish.ts';
import { presentHook } from '../present.ts';
import { type HookHome, hookId } from './hook-home.ts';
import { HOOK_PARAMS, isEmptyWish, wishOf } from './hook-params.ts';
import { orRefuse } from './hook-refusals.ts';

const readRoutes = (deps: ChangeHookDeps, { kind, path, noun, guard }: HookHome): readonly Route[] => [
  route({
    method: 'GET',
    path,
    summary: `List the ${noun}s`,
    params: pagingParams,
    guard,
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const hooks = await listHooks(deps.db, deps.vault, subject.place, page);
      const view = { now: deps.clock.now(), hidesPairs: kind !== 'system' };
      const rows = hooks.map((hook) => presentHook(hook, view));
      return pageReply(request, page, rows, { total: await countHooks(deps.db, subject.place) });
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:hook_id`,
    summary: `Get a ${noun}`,
    params: hookId,
    guard,
    handler: async ({ subject, params }) =>
      ok(presentHook(await getHook(deps, subject.place, params.hook_id), { now: deps.clock.now() })),
  }),
];

const url = { description: 'Address of the receiver, with {variables}' } as const;

const createRoute = (deps: ChangeHookDeps, { kind, path, noun, guard }: HookHome): Route =>
  route({
    method: 'POST',
    path,
    summary: `Make a ${noun}`,
    params: { url: string({ ...url, required: true }), ...HOOK_PARAMS[kind] },
    guard,
    handler: async ({ subject, params }) => {
      const wish = { ...wishOf(params), url: params.url };
      const hook = await orRefuse('create', () => createHook(deps, subject.place, subject.user, wish));
      return created(presentHook(hook, { now: deps.clock.now() }));
    },
  });

const updateRoute = (deps: ChangeHookDeps, { kind, path, noun, guard }: HookHome): Route =>
  route({
    method: 'PUT',
    path: `${path}/:hook_id`,
    summary: `Change a ${noun}; a new address takes no token, headers or variables along that are not sent with it`,
    params: { ...hookId, url: string(url), ...HOOK_PARAMS[kind] },
    guard,
    handler: async ({ subject, params }) => {
      const wish = wishOf(params);
      const now = deps.clock.now();
      await getHook(deps, subject.place, params.hook_id);
      if (isEmptyWish(wish)) throw new Halt(errorReply(400, 'No parameters provided'));
      const hook = await orRefuse('update', () =>
        changeHook(deps, subject.place, params.hook_id, (before) => changedSettings(before, wish, now)),
      );
      return ok(presentHook(hook, { now }));
    },
  });

const deleteRoute = (deps: ChangeHookDeps, { path, noun, guard }: HookHome): Route =>
  route({
    method: 'DELETE',
    path: `${path}/:hook_id`,
    summary: `Delete a ${noun}; what it has not been told yet it never will`,
    params: hookId,
    guard,
    handler: async ({ subject, params, request }) => {
      const hook = await getHook(deps, subject.place, params.hook_id);
      requireUnmodifiedSince(request, hook.updatedAt);
      await deleteHook(deps.db, hook.id);
      return noContent();
    },
  });

/** The hooks of one home: list, get, make, change, delete. */
export const hookRoutes = (deps: ChangeHookDeps, home: HookHome): readonly Route[] => [
  ...readRoutes(deps, home),
  createRoute(deps, home),
  updateRoute(deps, home),
  deleteRoute(deps, home),
];
