import {
  type ApiRequest,
  created,
  enumeration,
  integer,
  isoDateTime,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { invalid, notFound, recordNotFound } from '../../../kit/errors.ts';
import { presentSshKey, presentUserWithEmail } from '../present.ts';
import { parseSshKey, readFingerprint } from '../ssh-key-policy.ts';
import {
  countSshKeys,
  deleteSshKeys,
  findSshKey,
  findSshKeyWithUser,
  insertSshKey,
  KEY_USAGES,
  type KeyUsage,
  listSshKeys,
  lockSshKeys,
  type SshKey,
} from '../ssh-key-store.ts';
import type { User } from '../user.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById, getUserByIdOrName } from './find-user.ts';

const MAX_TITLE = 255;

const newKeyParams = {
  title: string({ required: true }),
  key: string({ required: true, description: 'As in a .pub file' }),
  expires_at: isoDateTime(),
  usage_type: enumeration(KEY_USAGES, { default: 'auth_and_signing' }),
};

interface Wanted {
  readonly title: string;
  readonly key: string;
  readonly expires_at: Date | undefined;
  readonly usage_type: KeyUsage;
}

const addKey = async (deps: AccountRouteDeps, user: User, wanted: Wanted): Promise<SshKey> => {
  const parsed = parseSshKey(wanted.key);
  const title = wanted.title.trim();
  const titleErrors = [
    ...(title === '' ? ["can't be blank"] : []),
    ...(title.length > MAX_TITLE ? [`is too long (maximum is ${MAX_TITLE} characters)`] : []),
  ];
  const now = deps.clock.now();
  if (parsed === undefined || titleErrors.length > 0) {
    throw invalid({
      ...(parsed === undefined && { key: ['is invalid'], fingerprint: ['cannot be generated'] }),
      ...(titleErrors.length > 0 && { title: titleErrors }),
    });
  }
  const { expires_at: expiresAt = null, usage_type: usageType } = wanted;
  if (expiresAt !== null && expiresAt <= now) throw invalid({ key: ['has expired'] });
  const row = { userId: user.id, title, ...parsed, usageType, expiresAt };
  const key = await deps.db.transaction().execute(async (tx) => {
    const inserted = await insertSshKey(tx, row, now);
    if (inserted !== undefined) await deps.publish(tx, [{ type: 'key_created', keyId: inserted.id }]);
    return inserted;
  });
  if (key === undefined) {
    throw invalid({ fingerprint_sha256: ['has already been taken'], key: ['has already been taken'] });
  }
  return key;
};

const answerKeys = async (
  deps: AccountRouteDeps,
  request: ApiRequest,
  user: User,
  params: { readonly page: number; readonly per_page: number },
) => {
  const page = pageOf(params);
  const keys = await listSshKeys(deps.db, user.id, page);
  const rows = keys.map((key) => presentSshKey(key, user, request.baseUrl));
  return pageReply(request, page, rows, { total: await countSshKeys(deps.db, user.id) });
};

const getKey = async (deps: AccountRouteDeps, user: User, id: number): Promise<SshKey> => {
  const key = await findSshKey(deps.db, user.id, id);
  if (key === undefined) throw notFound('Key');
  return key;
};

const removeKey = async (deps: AccountRouteDeps, user: User, id: number) => {
  await deps.db.transaction().execute(async (tx) => {
    const locked = await lockSshKeys(tx, user.id, id);
    if (locked.length === 0) throw notFound('Key');
    await deps.publish(
      tx,
      locked.map((keyId) => ({ type: 'key_destroyed', keyId })),
    );
    await deleteSshKeys(tx, locked);
  });
  return noContent();
};

const ownRoutes = (deps: AccountRouteDeps): readonly Route[] => {
  const keyId = { key_id: integer({ required: true }) };
  return [
    route({
      method: 'GET',
      path: '/user/keys',
      summary: "List one's own SSH keys",
      params: pagingParams,
      guard: deps.guards.signedIn({ scopes: ['read_user'] }),
      handler: ({ subject, params, request }) => answerKeys(deps, request, subject.user, params),
    }),
    route({
      method: 'GET',
      path: '/user/keys/:key_id',
      summary: "Get one of one's own SSH keys",
      params: keyId,
      guard: deps.guards.signedIn({ scopes: ['read_user'] }),
      handler: async ({ subject: { user }, params, request }) =>
        ok(presentSshKey(await getKey(deps, user, params.key_id), user, request.baseUrl)),
    }),
    route({
      method: 'POST',
      path: '/user/keys',
      summary: 'Add an SSH key',
      params: newKeyParams,
      guard: deps.guards.signedIn(),
      handler: async ({ subject: { user }, params, request }) =>
        created(presentSshKey(await addKey(deps, user, params), user, request.baseUrl)),
    }),
    route({
      method: 'DELETE',
      path: '/user/keys/:key_id',
      summary: "Remove one of one's own SSH keys",
      params: keyId,
      guard: deps.guards.signedIn(),
      handler: ({ subject, params }) => removeKey(deps, subject.user, params.key_id),
    }),
  ];
};

const routesOfUsers = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/users/:user_id/keys',
    summary: "List a user's SSH keys",
    params: { ...pagingParams, user_id: string({ required: true, description: 'Id or username' }) },
    guard: deps.guards.anyone({ scopes: ['read_user'] }),
    handler: async ({ params, request }) =>
      answerKeys(deps, request, await getUserByIdOrName(deps.db, params.user_id), params),
  }),
  route({
    method: 'GET',
    path: '/users/:user_id/keys/:key_id',
    summary: "Get a user's SSH key",
    params: { user_id: string({ required: true }), key_id: integer({ required: true }) },
    guard: deps.guards.anyone({ scopes: ['read_user'] }),
    handler: async ({ params, request }) => {
      const user = await getUserByIdOrName(deps.db, params.user_id);
      return ok(presentSshKey(await getKey(deps, user, params.key_id), user, request.baseUrl));
    },
  }),
  route({
    method: 'POST',
    path: '/users/:user_id/keys',
    summary: 'Add an SSH key to a user',
    params: { ...newKeyParams, user_id: integer({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const user = await getUserById(deps.db, params.user_id);
      return created(presentSshKey(await addKey(deps, user, params), user, request.baseUrl));
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/:user_id/keys/:key_id',
    summary: "Remove a user's SSH key",
    params: { user_id: integer({ required: true }), key_id: integer({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params }) => removeKey(deps, await getUserById(deps.db, params.user_id), params.key_id),
  }),
];

const presentWithUser = ({ key, user }: { readonly key: SshKey; readonly user: User }, baseUrl: string) => ({
  ...presentSshKey(key, user, baseUrl),
  user: presentUserWithEmail(user, baseUrl),
});

/** `/user/keys`, `/users/:id/keys`, `/keys`. */
export const sshKeyRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...ownRoutes(deps),
  ...routesOfUsers(deps),
  route({
    method: 'GET',
    path: '/keys',
    summary: 'Find whose SSH key has a fingerprint',
    params: { fingerprint: string({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const fingerprint = readFingerprint(params.fingerprint);
      if (fingerprint === undefined) throw invalid('Failed to return the key');
      const found = await findSshKeyWithUser(deps.db, fingerprint);
      if (found === undefined) throw notFound('Key');
      return ok(presentWithUser(found, request.baseUrl));
    },
  }),
  route({
    method: 'GET',
    path: '/keys/:id',
    summary: 'Get an SSH key with its user',
    params: { id: integer({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const found = await findSshKeyWithUser(deps.db, { id: params.id });
      if (found === undefined) throw recordNotFound();
      return ok(presentWithUser(found, request.baseUrl));
    },
  }),
];
