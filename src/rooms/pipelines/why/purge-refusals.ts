import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { deleteRefusalsBefore } from './refusal-store.ts';

const KEPT_MS = 30 * 86_400_000;

/** Forgets refusals after 30 days. Answers how many. */
export const purgeRefusals = (deps: { readonly db: Db; readonly clock: Clock }): Promise<number> =>
  deleteRefusalsBefore(deps.db, new Date(deps.clock.now().getTime() - KEPT_MS));
