import { randomBytes } from 'node:crypto';
import { badRequest } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { insertPersonalToken, lifetimeError, type ShownToken } from './create-token.ts';
import type { AccountDeps, ChangeAccountDeps } from './create-user.ts';
import type { TokenScope } from './scopes.ts';
import { daysAfter, MAX_LIFETIME_DAYS } from './token-policy.ts';
import { findTokenById, type PersonalAccessToken, revokeToken } from './token-store.ts';
import type { User } from './user.ts';
import type { UserConsequences } from './user-consequences.ts';
import { findBotHome, insertUser, moveUserState } from './user-store.ts';

/** The project or group whose access token it is. The token belongs to a bot of its own, who is a member there. */
export interface TokenHome {
  readonly kind: 'project' | 'group';
  readonly id: number;
}

export interface ResourceTokenRequest {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly scopes: readonly TokenScope[];
  /** `YYYY-MM-DD`; undefined = in 365 days. */
  readonly expiresAt: string | undefined;
  /** The server's name, for the bot's address. */
  readonly hostname: string;
}

const isOf = (home: TokenHome, bot: { readonly projectId: number | null; readonly namespaceId: number | null }) =>
  (home.kind === 'project' ? bot.projectId : bot.namespaceId) === home.id;

/**
 * Makes a bot, its membership (`addMember`, in the same transaction) and its token. Bots have no password and no namespace.
 * Throws 400 for an expiry day out of bounds or a blank name.
 */
export const createResourceToken = async (
  deps: ChangeAccountDeps,
  home: TokenHome,
  request: ResourceTokenRequest,
  addMember: (tx: Tx, bot: User) => Promise<void>,
): Promise<ShownToken> => {
  const now = deps.clock.now();
  const { name, description, scopes } = request;
  if (name.trim() === '') throw badRequest("Name can't be blank");
  if ([...name].length > 255) throw badRequest('Name is too long (maximum is 255 characters)');
  const expiresAt = request.expiresAt ?? daysAfter(now, MAX_LIFETIME_DAYS);
  const error = lifetimeError(expiresAt, now);
  if (error !== undefined) throw badRequest(error);
  const username = `${home.kind}_${home.id}_bot_${randomBytes(16).toString('hex')}`;
  const bot = {
    username,
    name,
    email: `${username}@noreply.${request.hostname}`,
    admin: false,
    bot: true,
    passwordHash: null,
    confirmedAt: now,
    ...(home.kind === 'project' ? { botProjectId: home.id } : { botNamespaceId: home.id }),
  };
  return deps.db.transaction().execute(async (tx) => {
    const user = await insertUser(tx, bot, now);
    if (user === undefined) throw new Error('a random name was taken');
    await deps.publish(tx, [{ type: 'user_created', userId: user.id }]);
    await addMember(tx, user);
    return insertPersonalToken(tx, user, { name, description, scopes, expiresAt }, now);
  });
};

/** Undefined also for a token of another project or group, or of a person. */
export const findResourceToken = async (
  db: Db,
  home: TokenHome,
  id: number,
): Promise<PersonalAccessToken | undefined> => {
  const token = await findTokenById(db, id);
  const bot = token === undefined ? undefined : await findBotHome(db, token.userId);
  return bot !== undefined && isOf(home, bot) ? token : undefined;
};

/** Whether a user is a bot of that project or group. */
export const isBotOf = async (db: Db, home: TokenHome, user: User): Promise<boolean> => {
  const bot = await findBotHome(db, user.id);
  return bot !== undefined && isOf(home, bot);
};

/** Revokes the token and blocks its bot, so that nothing that the bot has made (trigger tokens, jobs) goes on in its name. */
export const revokeResourceToken = async (
  deps: AccountDeps & Pick<UserConsequences, 'onUserBlocked' | 'onRightsLost'>,
  token: PersonalAccessToken,
): Promise<void> => {
  const now = deps.clock.now();
  const changed = await deps.db.transaction().execute(async (tx) => {
    await revokeToken(tx, token.id, now);
    const moved = await moveUserState(tx, token.userId, ['active', 'deactivated'], 'blocked', now);
    await deps.onRightsLost(tx, token.userId);
    return moved;
  });
  if (changed) await deps.onUserBlocked(token.userId);
};
