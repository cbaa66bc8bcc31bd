import type { User } from '../../src/rooms/accounts/index.ts';

/** Somebody with a token of scope `api`. */
export interface Person {
  readonly user: User;
  readonly token: string;
}
