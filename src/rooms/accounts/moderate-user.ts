import { conflict, forbidden, notFound, PenstockError } from '../../kit/errors.ts';
import type { AccountDeps, ChangeAccountDeps } from './create-user.ts';
import { type EndUserDeps, endUser } from './end-user.ts';
import { deleteSessionsOfUser } from './session-store.ts';
import type { User } from './user.ts';
import type { UserConsequences } from './user-consequences.ts';
import { deleteMarkedUsers, findBotsWithoutTokenSince, lockUser, moveUserState } from './user-store.ts';

/*
 * Each answers whether something changed (GitLab's body: `true`, or `null` when there was nothing to do). What a user
 * owns (tokens, trigger tokens) is not touched: it is asked for its owner's state whenever it is used. Schedules are
 * switched off.
 */

export type ModerateDeps = ChangeAccountDeps & UserConsequences;

/** Takes every right away at once, signs out, fails the jobs. Throws 403 for oneself. */
export const blockUser = async (deps: ModerateDeps, by: User, user: User): Promise<boolean> => {
  if (by.id === user.id) throw forbidden('The API initiating user cannot be blocked by the API');
  if (user.state === 'blocked') return false;
  await deps.db.transaction().execute(async (tx) => {
    await moveUserState(tx, user.id, ['active', 'deactivated'], 'blocked', deps.clock.now());
    await deleteSessionsOfUser(tx, user.id);
    await deps.onRightsLost(tx, user.id);
  });
  await deps.onUserBlocked(user.id);
  return true;
};

/** Throws 403 for a deactivated user. */
export const unblockUser = (deps: AccountDeps, user: User): Promise<boolean> => {
  if (user.state === 'deactivated') throw forbidden('Deactivated users cannot be unblocked by the API');
  return moveUserState(deps.db, user.id, ['blocked'], 'active', deps.clock.now());
};

/** The same refusals as for a blocked user, until the next sign-in; jobs that run go on without rights. Throws 403. */
export const deactivateUser = async (
  deps: AccountDeps & Pick<UserConsequences, 'onRightsLost'>,
  user: User,
): Promise<boolean> => {
  if (user.state === 'blocked') {
    throw new PenstockError('forbidden', 'Error occurred. A blocked user cannot be deactivated');
  }
  if (user.state === 'deactivated') return false;
  return deps.db.transaction().execute(async (tx) => {
    await deleteSessionsOfUser(tx, user.id);
    const changed = await moveUserState(tx, user.id, ['active'], 'deactivated', deps.clock.now());
    await deps.onRightsLost(tx, user.id);
    return changed;
  });
};

/** Throws 403 for a blocked user. */
export const activateUser = async (deps: AccountDeps, user: User): Promise<true> => {
  if (user.state === 'blocked') throw forbidden('A blocked user must be unblocked to be activated');
  await moveUserState(deps.db, user.id, ['deactivated'], 'active', deps.clock.now());
  return true;
};

/**
 * Removes a user with everything in the user's own namespace. Powerless and hidden at once; the row goes as soon as the
 * projects are gone (`removeMarkedUsers`). What the user did elsewhere stays, without a user. Throws 409 while some group
 * would be left without an owner, unless `hard`: then such groups go too.
 */
export const deleteUser = async (
  deps: ModerateDeps,
  user: User,
  options: { readonly hard: boolean },
): Promise<void> => {
  if (!options.hard && (await deps.ownsGroupAlone(user.id))) {
    throw conflict('User cannot be removed while is the sole-owner of a group');
  }
  await deps.db.transaction().execute(async (tx) => {
    if ((await lockUser(tx, user.id)) === undefined) throw notFound('User');
    if (options.hard) await deps.deleteGroupsOwnedAlone(tx, user.id);
    await endUser(deps, tx, user.id);
  });
  await deps.onUserBlocked(user.id);
  await removeMarkedUsers(deps);
};

/** Takes the rows of deleted users away whose projects are gone. Answers how many. */
export const removeMarkedUsers = (deps: Pick<AccountDeps, 'db'>): Promise<number> => deleteMarkedUsers(deps.db);

const BOTS_KEPT_MS = 30 * 86_400_000;

/** Forgets the bots of tokens that ended 30 days ago (GitLab's default). Answers how many. */
export const removeIdleBots = async (deps: EndUserDeps & Pick<AccountDeps, 'db'>): Promise<number> => {
  const before = new Date(deps.clock.now().getTime() - BOTS_KEPT_MS);
  const ids = await findBotsWithoutTokenSince(deps.db, before);
  for (const id of ids) {
    await deps.db.transaction().execute(async (tx) => {
      if ((await lockUser(tx, id)) !== undefined) await endUser(deps, tx, id);
    });
  }
  await removeMarkedUsers(deps);
  return ids.length;
};
