import { conflict, invalid, notFound } from '../../kit/errors.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { hashPassword } from '../../platform/secrets/index.ts';
import type { AccountDeps, ChangeAccountDeps } from './create-user.ts';
import { findNamespaceByPath, findNamespaceOfUser } from './namespace-store.ts';
import { renameUserNamespace } from './rename-user-namespace.ts';
import { deleteSessionsOfUser } from './session-store.ts';
import type { User } from './user.ts';
import type { UserConsequences } from './user-consequences.ts';
import { userErrors } from './user-policy.ts';
import {
  findOwnerOfEmail,
  findUserById,
  findUserByUsername,
  lockUser,
  type UserChanges,
  updateUser,
} from './user-store.ts';

export type ChangeUserDeps = ChangeAccountDeps & Pick<UserConsequences, 'onNamespaceRenamed' | 'onRightsLost'>;

export interface ChangeUserRequest extends Omit<UserChanges, 'passwordHash'> {
  readonly password?: string;
}

const UNIQUE_VIOLATION = '23505';

const refuseTaken = async (deps: AccountDeps, user: User, wanted: ChangeUserRequest): Promise<void> => {
  const { email, username } = wanted;
  const ownerOfEmail = email === undefined ? undefined : await findOwnerOfEmail(deps.db, email);
  if (ownerOfEmail !== undefined && ownerOfEmail !== user.id) throw conflict('Email has already been taken');
  if (username === undefined) return;
  const holder = await findUserByUsername(deps.db, username);
  const namespace = await findNamespaceByPath(deps.db, username);
  const taken =
    (holder !== undefined && holder.id !== user.id) || (namespace !== undefined && namespace.ownerId !== user.id);
  if (taken) throw conflict('Username has already been taken');
};

const renameNamespace = async (tx: Tx, deps: ChangeUserDeps, user: User, now: Date): Promise<void> => {
  const namespace = await findNamespaceOfUser(tx, user.id);
  if (namespace === undefined) return;
  await renameUserNamespace(tx, namespace.id, { path: user.username, name: user.name }, now);
  if (namespace.path !== user.username) await deps.onNamespaceRenamed(tx, namespace.id);
};

/**
 * Changes a user. A new password signs every browser of the user out; a new username moves the namespace with it.
 * Throws 409 for a name or address in use, 400 with attribute errors.
 */
export const changeUser = async (deps: ChangeUserDeps, user: User, wanted: ChangeUserRequest): Promise<User> => {
  await refuseTaken(deps, user, wanted);
  const { password, ...rest } = wanted;
  const errors = userErrors({
    username: wanted.username ?? user.username,
    name: wanted.name ?? user.name,
    email: wanted.email ?? user.email,
    password,
  });
  if (errors !== undefined) throw invalid(errors);
  const changes = { ...rest, ...(password !== undefined && { passwordHash: await hashPassword(password) }) };
  const now = deps.clock.now();
  const run = deps.db.transaction().execute(async (tx) => {
    const before = await lockUser(tx, user.id);
    if (before === undefined) throw notFound('User');
    await updateUser(tx, user.id, changes, now);
    if (password !== undefined) await deleteSessionsOfUser(tx, user.id);
    const changed = await findUserById(tx, user.id);
    if (changed === undefined) throw notFound('User');
    if (changed.username !== before.username || changed.name !== before.name) {
      await renameNamespace(tx, deps, changed, now);
    }
    if (changed.username !== before.username) {
      await deps.publish(tx, [{ type: 'user_renamed', userId: user.id, oldUsername: before.username }]);
    }
    if (user.admin && !changed.admin) await deps.onRightsLost(tx, user.id);
    return changed;
  });
  return run.catch((error: unknown) => {
    // Taken by somebody else in this very moment.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === UNIQUE_VIOLATION ? conflict('Username or e-mail address has already been taken') : error;
  });
};
