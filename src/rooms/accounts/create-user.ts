import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { conflict, invalid } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { hashPassword } from '../../platform/secrets/index.ts';
import { findNamespaceByPath, insertUserNamespace } from './namespace-store.ts';
import type { User } from './user.ts';
import { userErrors } from './user-policy.ts';
import { findOwnerOfEmail, findUserByUsername, insertUser, type NewUser } from './user-store.ts';

export interface AccountDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** Of verbs whose doing others hear of. */
export interface ChangeAccountDeps extends AccountDeps {
  readonly publish: Publish;
}

export interface CreateUserRequest {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly publicEmail?: string | undefined;
  /** Undefined: the user cannot sign in with a password. */
  readonly password: string | undefined;
  readonly admin?: boolean;
  /** The account of a project's or group's access token. */
  readonly bot?: boolean;
  /** False: no pipelines until the e-mail address is confirmed. Default true. */
  readonly confirmed?: boolean;
}

/** Undefined when name or address were taken by somebody else in the meantime. Part of a transaction of the caller. */
export const insertUserWithNamespace = async (tx: Tx, user: NewUser, now: Date): Promise<User | undefined> => {
  const inserted = await insertUser(tx, user, now);
  if (inserted === undefined) return undefined;
  const namespace = await insertUserNamespace(tx, inserted, now);
  return namespace === undefined ? undefined : inserted;
};

const USERNAME_TAKEN = 'Username has already been taken';

/** Makes a user with a namespace of the same name. Throws 400 with attribute errors, 409 for a name or address in use. */
export const createUser = async (deps: ChangeAccountDeps, request: CreateUserRequest): Promise<User> => {
  const { username, name, email, password } = request;
  if ((await findOwnerOfEmail(deps.db, email)) !== undefined) throw conflict('Email has already been taken');
  const taken = (await findUserByUsername(deps.db, username)) ?? (await findNamespaceByPath(deps.db, username));
  if (taken !== undefined) throw conflict(USERNAME_TAKEN);
  const errors = userErrors({ username, name, email, password });
  if (errors !== undefined) throw invalid(errors);
  const passwordHash = password === undefined ? null : await hashPassword(password);
  const now = deps.clock.now();
  const user = {
    username,
    name,
    email,
    publicEmail: request.publicEmail ?? '',
    passwordHash,
    admin: request.admin ?? false,
    bot: request.bot ?? false,
    confirmedAt: request.confirmed === false ? null : now,
  };
  return deps.db.transaction().execute(async (tx) => {
    const inserted = await insertUserWithNamespace(tx, user, now);
    if (inserted === undefined) throw conflict(USERNAME_TAKEN);
    await deps.publish(tx, [{ type: 'user_created', userId: inserted.id }]);
    return inserted;
  });
};
