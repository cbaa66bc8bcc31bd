import type { Publish } from '../../../events/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { AccountGuards } from '../guards.ts';
import type { SignInLimiter } from '../sign-in-limiter.ts';
import type { UserConsequences } from '../user-consequences.ts';

export interface AccountRouteDeps extends UserConsequences {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly guards: AccountGuards;
  readonly limiter: SignInLimiter;
  readonly server: {
    /** What clients compare: `19.4.0-penstock`. */
    readonly version: string;
    /** Of the source: an abbreviated commit. */
    readonly revision: string;
  };
}
