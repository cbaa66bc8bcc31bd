import type { UserId } from '../../kit/ids.ts';

/** `blocked` and `deactivated` users are refused everywhere; what they own loses its power at once. */
export type UserState = 'active' | 'blocked' | 'deactivated';

/** Somebody with an account. The password's hash never leaves the store. */
export interface User {
  readonly id: UserId;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  /** Shown to everybody; `''` when the user shows none. */
  readonly publicEmail: string;
  readonly state: UserState;
  readonly admin: boolean;
  readonly bot: boolean;
  /** Null until the e-mail address is confirmed; without it no pipeline may be started. */
  readonly confirmedAt: Date | null;
  readonly createdAt: Date;
}
