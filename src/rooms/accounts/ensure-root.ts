import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { digestOf, hashPassword } from '../../platform/secrets/index.ts';
import { type AccountDeps, type ChangeAccountDeps, insertUserWithNamespace } from './create-user.ts';
import { TOKEN_SCOPES } from './scopes.ts';
import { findTokenByDigest, insertToken } from './token-store.ts';
import type { User } from './user.ts';
import { passwordErrors } from './user-policy.ts';
import { findUserByUsername } from './user-store.ts';

const ROOT = 'root';
const TOKEN_NAME = 'PENSTOCK_ROOT_TOKEN';
const MIN_TOKEN_LENGTH = 20;

export interface RootRequest {
  /** PENSTOCK_ROOT_PASSWORD; counts only when root is made. Undefined: one is generated. */
  readonly password?: string | undefined;
  /** PENSTOCK_ROOT_TOKEN: a personal token with every scope that exists from then on. */
  readonly token?: string | undefined;
}

/** What the operator must be told. */
export interface RootOutcome {
  readonly created: boolean;
  /** Only when root was made with a generated one: shown now and never again. */
  readonly generatedPassword: string | undefined;
}

/** A setting that cannot be used. Quotes no secret. */
export class BadRootSetting extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'BadRootSetting';
  }
}

const checkSettings = (request: RootRequest): void => {
  const [wrong] = request.password === undefined ? [] : passwordErrors(request.password);
  if (wrong !== undefined) throw new BadRootSetting(`PENSTOCK_ROOT_PASSWORD ${wrong}`);
  const { token } = request;
  if (token !== undefined && (token.length < MIN_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))) {
    throw new BadRootSetting(
      `PENSTOCK_ROOT_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters, all of them printable ASCII`,
    );
  }
};

/** A token that was revoked stays so. Servers that start at once take turns. */
const ensureToken = async (deps: AccountDeps, root: User, value: string): Promise<void> => {
  const digest = digestOf(value);
  await deps.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('penstock:root token', 0))`.execute(tx);
    if ((await findTokenByDigest(tx, digest)) !== undefined) return;
    const token = {
      userId: root.id,
      name: TOKEN_NAME,
      description: null,
      scopes: TOKEN_SCOPES,
      expiresAt: null,
      digest,
    };
    await insertToken(tx, token, deps.clock.now());
  });
};

class NameTaken extends Error {}

/** False when the name is taken: by the root of another server that starts, or by a group. */
const insertRoot = async (deps: ChangeAccountDeps, password: string): Promise<boolean> => {
  const now = deps.clock.now();
  const user = {
    username: ROOT,
    name: 'Administrator',
    email: 'root@localhost',
    passwordHash: await hashPassword(password),
    admin: true,
    bot: false,
    confirmedAt: now,
  };
  const run = deps.db.transaction().execute(async (tx) => {
    const inserted = await insertUserWithNamespace(tx, user, now);
    // Undoes the user whose namespace could not be made.
    if (inserted === undefined) throw new NameTaken();
    await deps.publish(tx, [{ type: 'user_created', userId: inserted.id }]);
    return true;
  });
  return run.catch((error: unknown) => {
    if (error instanceof NameTaken) return false;
    throw error;
  });
};

/**
 * Makes the administrator `root` on the first start, and the token that the environment names. Safe to repeat, and for
 * several servers at once. Throws `BadRootSetting`.
 */
export const ensureRoot = async (deps: ChangeAccountDeps, request: RootRequest): Promise<RootOutcome> => {
  checkSettings(request);
  const present = await findUserByUsername(deps.db, ROOT);
  const password = request.password ?? randomBytes(18).toString('base64url');
  const created = present === undefined && (await insertRoot(deps, password));
  const root = present ?? (await findUserByUsername(deps.db, ROOT));
  if (root === undefined) throw new Error('the name root belongs to a group, so there is no administrator');
  if (request.token !== undefined) await ensureToken(deps, root, request.token);
  return { created, generatedPassword: created && request.password === undefined ? password : undefined };
};
