import {
  boolean,
  commaList,
  created,
  date,
  enumeration,
  type Guard,
  integer,
  invalidParams,
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
import { badRequest, forbidden, notFound, PenstockError, unauthorized } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import {
  countTokens,
  createResourceToken,
  dayOf,
  findResourceToken,
  findTokenById,
  findUserById,
  isBotOf,
  listTokens,
  type PersonalAccessToken,
  presentResourceToken,
  RESOURCE_TOKEN_SCOPES,
  readScopes,
  revokeResourceToken,
  rotateToken,
  type ShownToken,
  TOKEN_ORDERS,
  type TokenHome,
  type UserActor,
} from '../../accounts/index.ts';
import { type GroupSubject, groupCan } from '../../groups/index.ts';
import { addBotMember, findBotRoles } from '../bot-members.ts';
import { can } from '../can.ts';
import type { ProjectSubject, SignedInActor } from '../guards.ts';
import { isRole, ROLES, type Role } from '../role.ts';
import type { ProjectRouteDeps } from './deps.ts';

type Deps = Pick<ProjectRouteDeps, 'db' | 'clock' | 'publish' | 'onUserBlocked' | 'onRightsLost'>;

/** Who asks, and about whose tokens. */
interface Asked {
  readonly actor: UserActor;
  readonly home: TokenHome;
  /** Effective. */
  readonly role: Role | undefined;
  readonly mayManage: boolean;
}

/** What the routes of projects and those of groups differ in. */
interface Place<S> {
  readonly kind: TokenHome['kind'];
  readonly guard: Guard<S>;
  readonly rotationGuard: Guard<S>;
  readonly selfGuard: Guard<S>;
  readonly asked: (subject: S) => Asked;
}

const present = async (deps: Deps, home: TokenHome, tokens: readonly PersonalAccessToken[]) => {
  const roles = await findBotRoles(
    deps.db,
    home,
    tokens.map((token) => token.userId),
  );
  return tokens.map((token) => presentResourceToken(token, home, roles.get(token.userId), deps.clock.now()));
};

const presentShown = async (deps: Deps, home: TokenHome, { token, stored }: ShownToken) => {
  const [entity] = await present(deps, home, [stored]);
  return { ...entity, token };
};

const getToken = async (deps: Deps, home: TokenHome, id: number): Promise<PersonalAccessToken> => {
  const token = await findResourceToken(deps.db, home, id);
  if (token === undefined) throw notFound(`${home.kind} Access Token`);
  return token;
};

/** GitLab says 401 where the role is too low. */
const refuseUnlessManager = ({ mayManage }: Asked): void => {
  if (!mayManage) throw unauthorized();
};

const readingRoutes = <S>(deps: Deps, place: Place<S>, base: string): readonly Route[] => [
  route({
    method: 'GET',
    path: base,
    summary: `List the access tokens of a ${place.kind}`,
    params: {
      ...pagingParams,
      revoked: boolean(),
      state: enumeration(['active', 'inactive']),
      search: string(),
      created_after: isoDateTime(),
      created_before: isoDateTime(),
      last_used_after: isoDateTime(),
      last_used_before: isoDateTime(),
      expires_after: date(),
      expires_before: date(),
      sort: enumeration(TOKEN_ORDERS),
    },
    guard: place.guard,
    handler: async ({ subject, params, request }) => {
      const asked = place.asked(subject);
      refuseUnlessManager(asked);
      const { home } = asked;
      const filter = {
        of: home.kind === 'project' ? { projectId: home.id } : { namespaceId: home.id },
        ...withoutAbsent({
          revoked: params.revoked,
          state: params.state,
          search: params.search,
          createdAfter: params.created_after,
          createdBefore: params.created_before,
          lastUsedAfter: params.last_used_after,
          lastUsedBefore: params.last_used_before,
          expiresAfter: params.expires_after,
          expiresBefore: params.expires_before,
        }),
      };
      const today = dayOf(deps.clock.now());
      const page = pageOf(params);
      const tokens = await listTokens(deps.db, filter, { ...page, order: params.sort }, today);
      const total = await countTokens(deps.db, filter, today);
      return pageReply(request, page, await present(deps, home, tokens), { total });
    },
  }),
  route({
    method: 'GET',
    path: `${base}/:token_id`,
    summary: `Get an access token of a ${place.kind}`,
    params: { token_id: integer({ required: true }) },
    guard: place.guard,
    handler: async ({ subject, params }) => {
      const asked = place.asked(subject);
      refuseUnlessManager(asked);
      const token = await getToken(deps, asked.home, params.token_id);
      return ok((await present(deps, asked.home, [token]))[0]);
    },
  }),
];

const readLevel = (level: number): Role => {
  if (isRole(level) && level !== ROLES.minimal) return level;
  throw invalidParams([{ attribute: 'access_level', text: 'does not have a valid value' }]);
};

const makingRoute = <S>(deps: Deps, place: Place<S>, base: string): Route =>
  route({
    method: 'POST',
    path: base,
    summary: `Make an access token for a ${place.kind}; its value is in this answer only`,
    params: {
      name: string({ required: true }),
      description: string({ nullable: true }),
      scopes: commaList({ required: true, allowBlank: false }),
      access_level: integer({ default: ROLES.maintainer, description: 'Not above your own' }),
      expires_at: date({ description: 'Default: in 365 days' }),
    },
    guard: place.guard,
    handler: async ({ subject, params, request }) => {
      const { actor, home, role, mayManage } = place.asked(subject);
      const level = readLevel(params.access_level);
      const scopes = readScopes(params.scopes, RESOURCE_TOKEN_SCOPES);
      if (!mayManage || actor.user.bot) {
        throw badRequest(`User does not have permission to create ${place.kind} access token`);
      }
      if (role === undefined || level > role) {
        throw badRequest('Access level of the token contains permissions not held by the creating user');
      }
      const { name, description, expires_at: expiresAt } = params;
      const { hostname } = new URL(request.baseUrl);
      const shown = await createResourceToken(
        deps,
        home,
        { name, description, scopes, expiresAt, hostname },
        (tx, bot) => addBotMember(deps, tx, home, bot, { role: level, by: actor.user }),
      );
      return created(await presentShown(deps, home, shown));
    },
  });

const rotate = async (deps: Deps, asked: Asked, token: PersonalAccessToken, expiresAt: string | undefined) => {
  const held = (await findBotRoles(deps.db, asked.home, [token.userId])).get(token.userId);
  const isOwn = token.userId === asked.actor.user.id;
  if (!isOwn && held !== undefined && (asked.role === undefined || held > asked.role)) {
    throw badRequest('Not eligible to rotate tokens with permissions not held by the user');
  }
  return ok(await presentShown(deps, asked.home, await rotateToken(deps, token, expiresAt)));
};

/** Throws 405 for a token of another kind than the path's. */
const getOwnToken = async (deps: Deps, { actor, home }: Asked): Promise<PersonalAccessToken> => {
  const token = actor.via.type === 'token' ? await findTokenById(deps.db, actor.via.tokenId) : undefined;
  if (token === undefined || token.userId !== actor.user.id || !(await isBotOf(deps.db, home, actor.user))) {
    throw new PenstockError('method_not_allowed', '405 Method Not Allowed');
  }
  return token;
};

const changingRoutes = <S>(deps: Deps, place: Place<S>, base: string): readonly Route[] => [
  route({
    method: 'POST',
    path: `${base}/self/rotate`,
    summary: `Replace the ${place.kind} access token of this request`,
    params: { expires_at: date() },
    guard: place.selfGuard,
    handler: async ({ subject, params }) => {
      const asked = place.asked(subject);
      return rotate(deps, asked, await getOwnToken(deps, asked), params.expires_at);
    },
  }),
  route({
    method: 'POST',
    path: `${base}/:token_id/rotate`,
    summary: `Replace an access token of a ${place.kind}`,
    params: { token_id: integer({ required: true }), expires_at: date() },
    guard: place.rotationGuard,
    handler: async ({ subject, params }) => {
      const asked = place.asked(subject);
      const found = await findResourceToken(deps.db, asked.home, params.token_id);
      const mayRotate = asked.mayManage && (!asked.actor.user.bot || found?.userId === asked.actor.user.id);
      if (found === undefined || !mayRotate) throw asked.actor.user.admin ? notFound() : unauthorized();
      return rotate(deps, asked, found, params.expires_at);
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/:token_id`,
    summary: `Revoke an access token of a ${place.kind}; its bot is blocked`,
    params: { token_id: integer({ required: true }) },
    guard: place.guard,
    handler: async ({ subject, params }) => {
      const asked = place.asked(subject);
      const token = await getToken(deps, asked.home, params.token_id);
      if (!asked.mayManage) {
        const bot = await findUserById(deps.db, token.userId);
        throw badRequest(`${asked.actor.user.name} cannot delete ${bot?.name ?? token.name}`);
      }
      await revokeResourceToken(deps, token);
      return noContent();
    },
  }),
];

const routesOf = <S>(deps: Deps, place: Place<S>): readonly Route[] => {
  const base = `/${place.kind}s/:id/access_tokens`;
  return [...readingRoutes(deps, place, base), makingRoute(deps, place, base), ...changingRoutes(deps, place, base)];
};

/** A job's token never comes here: the guard takes none. */
const userOf = (actor: SignedInActor): UserActor => {
  if (actor.kind !== 'user') throw forbidden();
  return actor;
};

/** `/projects/:id/access_tokens` and `/groups/:id/access_tokens`: of a group its owners, of a project its maintainers. */
export const accessTokenRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const signedIn = { authenticateFirst: true } as const;
  const rotating = { ...signedIn, rotates: true } as const;
  const itself = { ...rotating, scopes: ['self_rotate'] } as const;
  return [
    ...routesOf<ProjectSubject<SignedInActor>>(deps, {
      kind: 'project',
      guard: deps.project('read_project', signedIn),
      rotationGuard: deps.project('read_project', rotating),
      selfGuard: deps.project('read_project', itself),
      asked: ({ actor, project, role }) => ({
        actor: userOf(actor),
        home: { kind: 'project', id: project.id },
        role,
        mayManage: can(actor, 'manage_access_tokens', project, role),
      }),
    }),
    ...routesOf<GroupSubject<UserActor>>(deps, {
      kind: 'group',
      guard: deps.group('read_group', signedIn),
      rotationGuard: deps.group('read_group', rotating),
      selfGuard: deps.group('read_group', itself),
      asked: ({ actor, group, role }) => ({
        actor,
        home: { kind: 'group', id: group.id },
        role,
        mayManage: groupCan(actor.user, 'admin_group', group, role),
      }),
    }),
  ];
};
