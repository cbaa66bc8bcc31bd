import type { Route } from '../../../http/index.ts';
import type { ChangeHookDeps } from '../change-hook.ts';
import { type HookHomeGuards, hookHomes } from './hook-home.ts';
import { hookRoutes } from './hook-routes.ts';
import { pairRoutes } from './pair-routes.ts';

/** System hooks, and those of projects and groups. */
export const hooksRoutes = (deps: ChangeHookDeps & HookHomeGuards): readonly Route[] =>
  hookHomes(deps).flatMap((home) => [...hookRoutes(deps, home), ...pairRoutes(deps, home)]);
