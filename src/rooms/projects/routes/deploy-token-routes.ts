import {
  boolean,
  commaList,
  created,
  type Guard,
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
import { forbidden, invalid, recordNotFound } from '../../../kit/errors.ts';
import { digestOf, randomToken } from '../../../platform/secrets/index.ts';
import { readScopes, type User, type UserActor } from '../../accounts/index.ts';
import { type GroupSubject, ROLES } from '../../groups/index.ts';
import {
  DEPLOY_TOKEN_PREFIX,
  DEPLOY_TOKEN_SCOPES,
  type DeployToken,
  deployTokenError,
  presentDeployToken,
} from '../deploy-token.ts';
import {
  countDeployTokens,
  type DeployTokenFilter,
  type DeployTokenHome,
  deleteDeployToken,
  findDeployToken,
  insertDeployToken,
  listDeployTokens,
} from '../deploy-token-store.ts';
import type { ProjectRouteDeps } from './deps.ts';

type Deps = Pick<ProjectRouteDeps, 'db' | 'clock' | 'vault'>;

/** What the routes of projects and those of groups differ in. */
interface Place<S> {
  /** `/projects/:id` */
  readonly path: string;
  readonly noun: 'project' | 'group';
  readonly guards: { readonly read: Guard<S>; readonly change: Guard<S> };
  readonly homeOf: (subject: S) => { readonly home: DeployTokenHome; readonly user: User };
}

const listParams = { ...pagingParams, active: boolean({ description: 'Only those that still count' }) };

const listRoute = <S>(
  deps: Deps,
  path: string,
  summary: string,
  guard: Guard<S>,
  homeOf: (subject: S) => DeployTokenHome | undefined,
): Route =>
  route({
    method: 'GET',
    path,
    summary,
    params: listParams,
    guard,
    handler: async ({ subject, params, request }) => {
      const now = deps.clock.now();
      const filter: DeployTokenFilter = { home: homeOf(subject), active: params.active };
      const page = pageOf(params);
      const tokens = await listDeployTokens(deps.db, filter, page, now);
      const rows = tokens.map((token) => presentDeployToken(token, now));
      return pageReply(request, page, rows, { total: await countDeployTokens(deps.db, filter, now) });
    },
  });

interface Wanted {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expires_at: Date | undefined;
  readonly username: string | undefined;
}

const makeToken = async (deps: Deps, home: DeployTokenHome, user: User, wanted: Wanted) => {
  const scopes = readScopes(wanted.scopes, DEPLOY_TOKEN_SCOPES);
  const { name, username = null, expires_at: expiresAt = null } = wanted;
  const error = deployTokenError({ name, username, scopes });
  if (error !== undefined) throw invalid(error);
  const token = randomToken(DEPLOY_TOKEN_PREFIX);
  const row = { home, creatorId: user.id, name, username, scopes, expiresAt, token, digest: digestOf(token) };
  const now = deps.clock.now();
  const stored = await deps.db.transaction().execute((tx) => insertDeployToken(tx, deps.vault, row, now));
  return created({ ...presentDeployToken(stored, now), token });
};

const getToken = async (deps: Deps, home: DeployTokenHome, id: number): Promise<DeployToken> => {
  const token = await findDeployToken(deps.db, home, id, deps.clock.now());
  if (token === undefined) throw recordNotFound();
  return token;
};

const routesOf = <S>(deps: Deps, place: Place<S>): readonly Route[] => {
  const { path, noun, guards, homeOf } = place;
  const idParams = { token_id: integer({ required: true }) };
  return [
    listRoute(
      deps,
      `${path}/deploy_tokens`,
      `List the deploy tokens of a ${noun}`,
      guards.read,
      (subject) => homeOf(subject).home,
    ),
    route({
      method: 'GET',
      path: `${path}/deploy_tokens/:token_id`,
      summary: `Get a deploy token of a ${noun}`,
      params: idParams,
      guard: guards.read,
      handler: async ({ subject, params }) =>
        ok(presentDeployToken(await getToken(deps, homeOf(subject).home, params.token_id), deps.clock.now())),
    }),
    route({
      method: 'POST',
      path: `${path}/deploy_tokens`,
      summary: `Make a deploy token for a ${noun}; its value is in this answer only`,
      params: {
        name: string({ required: true }),
        scopes: commaList({ required: true }),
        expires_at: isoDateTime({ description: 'Default: never' }),
        username: string({ description: 'Default: gitlab+deploy-token-<id>' }),
      },
      guard: guards.change,
      handler: ({ subject, params }) => {
        const { home, user } = homeOf(subject);
        return makeToken(deps, home, user, params);
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/deploy_tokens/:token_id`,
      summary: `Delete a deploy token of a ${noun}`,
      params: idParams,
      guard: guards.change,
      handler: async ({ subject, params }) => {
        if (!(await deleteDeployToken(deps.db, homeOf(subject).home, params.token_id))) throw recordNotFound();
        return noContent();
      },
    }),
  ];
};

/** Maintainers of a group see its deploy tokens, owners make and delete them. */
const groupReader = (deps: ProjectRouteDeps): Guard<GroupSubject<UserActor>> => {
  const guard = deps.group('read_group', { authenticateFirst: true });
  return {
    label: `${guard.label}, maintainer`,
    check: async (request) => {
      const subject = await guard.check(request);
      if (subject.role === undefined || subject.role < ROLES.maintainer) throw forbidden();
      return subject;
    },
  };
};

/** `/deploy_tokens` (administrators), `/projects/:id/deploy_tokens`, `/groups/:id/deploy_tokens`. */
export const deployTokenRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const maintainer = deps.project('manage_deploy_tokens', { authenticateFirst: true });
  return [
    listRoute(
      deps,
      '/deploy_tokens',
      'List the deploy tokens of the whole instance',
      deps.guards.admin(),
      () => undefined,
    ),
    ...routesOf(deps, {
      path: '/projects/:id',
      noun: 'project',
      guards: { read: maintainer, change: maintainer },
      homeOf: ({ actor, project }) => ({ home: { projectId: project.id }, user: actor.user }),
    }),
    ...routesOf(deps, {
      path: '/groups/:id',
      noun: 'group',
      guards: { read: groupReader(deps), change: deps.group('admin_group', { authenticateFirst: true }) },
      homeOf: ({ actor, group }) => ({ home: { namespaceId: group.id }, user: actor.user }),
    }),
  ];
};
