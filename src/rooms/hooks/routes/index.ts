import { type CountRequest, type Route, rateLimited } from '../../../http/index.ts';
import type { ChangeHookDeps } from '../change-hook.ts';
import type { TryHookDeps } from '../try-hook.ts';
import { feedRoutes } from './feed-routes.ts';
import { type HookHomeGuards, type HookSubject, hookHomes } from './hook-home.ts';
import { hookRoutes } from './hook-routes.ts';
import { integrationRoutes } from './integration-routes.ts';
import { logRoutes } from './log-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { pairRoutes } from './pair-routes.ts';
import { systemTestRoute } from './system-test-route.ts';
import { testRoute } from './test-route.ts';

export interface HooksRouteDeps extends ChangeHookDeps, TryHookDeps, HookHomeGuards {
  readonly countHookTest: CountRequest<HookSubject>;
  readonly countHookResend: CountRequest<HookSubject>;
}

/** System hooks, those of projects and groups, integrations, and the numbered events. */
export const hooksRoutes = (deps: HooksRouteDeps): readonly Route[] => [
  ...hookHomes(deps).flatMap((home) => [
    ...hookRoutes(deps, home),
    ...pairRoutes(deps, home),
    home.kind === 'system'
      ? systemTestRoute(deps, home)
      : testRoute(deps, home, rateLimited(home.guard, '5', deps.countHookTest)),
    ...logRoutes(deps, home, rateLimited(home.guard, '5', deps.countHookResend)),
    ...ownRoutes(deps, home),
  ]),
  ...integrationRoutes(deps),
  ...feedRoutes(deps),
];
