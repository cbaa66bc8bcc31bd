import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { TokenHome } from './resource-token.ts';
import { deleteSessionsOfUser } from './session-store.ts';
import { deleteSshKeys, lockSshKeys } from './ssh-key-store.ts';
import { deleteTokensOfUser } from './token-store.ts';
import type { UserConsequences } from './user-consequences.ts';
import { findBotsOf, lockUser, markUserDeleted } from './user-store.ts';

export interface EndUserDeps extends Pick<UserConsequences, 'onUserDeleted' | 'onRightsLost'> {
  readonly clock: Clock;
  readonly publish: Publish;
}

/** Takes everything from a user whose row is locked, and hides the user; until then subscribers read it. */
export const endUser = async (deps: EndUserDeps, tx: Tx, id: UserId): Promise<void> => {
  await deleteSessionsOfUser(tx, id);
  await deleteTokensOfUser(tx, id);
  const keys = await lockSshKeys(tx, id);
  await deps.publish(
    tx,
    keys.map((keyId) => ({ type: 'key_destroyed', keyId })),
  );
  await deleteSshKeys(tx, keys);
  await deps.onUserDeleted(tx, id);
  await deps.publish(tx, [{ type: 'user_destroyed', userId: id }]);
  await markUserDeleted(tx, id, deps.clock.now());
  await deps.onRightsLost(tx, id);
};

/** A project or group ends: so do the bots of its access tokens. Part of a transaction of the caller. */
export const endBotsOf = async (deps: EndUserDeps, tx: Tx, home: TokenHome): Promise<void> => {
  for (const id of await findBotsOf(tx, home)) {
    if ((await lockUser(tx, id)) !== undefined) await endUser(deps, tx, id);
  }
};
