import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { deleteTicksDecidedBefore } from './ledger-store.ts';

const KEPT_MS = 90 * 86_400_000;

/** The ledger goes back 90 days. Answers how many rows were forgotten. */
export const purgeTicks = (deps: { readonly db: Db; readonly clock: Clock }): Promise<number> =>
  deleteTicksDecidedBefore(deps.db, new Date(deps.clock.now().getTime() - KEPT_MS));
