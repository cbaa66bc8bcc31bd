import type { Publish } from '../../../events/index.ts';
import {
  type ApiRequest,
  arrayOf,
  atLeastOneOf,
  boolean,
  created,
  date,
  type Guard,
  integer,
  mutuallyExclusive,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import type { Clock } from '../../../kit/clock.ts';
import { PenstockError } from '../../../kit/errors.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { findUsersByIds, type UserConsequences } from '../../accounts/index.ts';
import { addMember, type Changer, changeMember, getCandidate, getMember, removeMember } from '../change-members.ts';
import type { Member, MemberReach } from '../member.ts';
import { countMembers, listMembers } from '../member-store.ts';
import { presentMember } from '../present.ts';

interface Deps extends Pick<UserConsequences, 'onRightsLost'> {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}

/** The routes of members are the same for groups and projects; this is what differs. */
export interface MemberRoutes {
  /** `/groups/:id` or `/projects/:id`. */
  readonly path: string;
  /** Who may read members. The subject is who asks, of which place, as what. */
  readonly reader: Guard<Changer>;
  readonly manager: Guard<Changer>;
  /** Somebody who may manage members, or the member whose row it is. */
  readonly selfOrManager: Guard<Changer>;
}

const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text);

const presentAll = async (deps: Deps, request: ApiRequest, members: readonly Member[]) => {
  const creators = members.flatMap(({ createdById }) => (createdById === null ? [] : [createdById]));
  const users = await findUsersByIds(deps.db, [...new Set(creators)]);
  return members.map((member) =>
    presentMember(
      member,
      users.find((user) => user.id === member.createdById),
      request.baseUrl,
    ),
  );
};

const presentOne = async (deps: Deps, request: ApiRequest, member: Member) => {
  const [entity] = await presentAll(deps, request, [member]);
  return entity;
};

/** Several at once: what went wrong, by name or id, and nothing else. */
const addEach = async (
  deps: Deps,
  changer: Changer,
  candidates: readonly string[],
  by: 'id' | 'username',
  wish: { readonly accessLevel: number; readonly expiresAt: string | undefined },
) => {
  const problems: Record<string, string> = {};
  for (const candidate of candidates) {
    try {
      const who = by === 'id' ? { id: isNumber(candidate) ? Number(candidate) : -1 } : { username: candidate };
      await addMember(deps, changer, await getCandidate(deps.db, who), wish);
    } catch (error) {
      if (!(error instanceof PenstockError) || error.code === 'forbidden') throw error;
      problems[candidate] = error.message;
    }
  }
  return Object.keys(problems).length === 0 ? { status: 'success' } : { status: 'error', message: problems };
};

/** The lists and single members. */
const readingRoutes = (deps: Deps, { path, reader }: MemberRoutes, reach: MemberReach): readonly Route[] => {
  const base = `${path}/members${reach === 'all' ? '/all' : ''}`;
  const summary = reach === 'all' ? 'members, inherited ones too' : 'direct members';
  return [
    route({
      method: 'GET',
      path: base,
      summary: `List the ${summary}`,
      params: { ...pagingParams, query: string(), user_ids: arrayOf(integer()) },
      guard: reader,
      handler: async ({ subject: { place }, params, request }) => {
        const page = pageOf(params);
        const filter = { query: params.query, userIds: params.user_ids };
        const now = deps.clock.now();
        const members = await listMembers(deps.db, place, reach, filter, page, now);
        const total = await countMembers(deps.db, place, reach, filter, now);
        return pageReply(request, page, await presentAll(deps, request, members), { total });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/:user_id`,
      summary: `Get one of the ${summary}`,
      params: { user_id: integer({ required: true }) },
      guard: reader,
      handler: async ({ subject: { place }, params, request }) =>
        ok(await presentOne(deps, request, await getMember(deps, place, params.user_id, reach))),
    }),
  ];
};

const wishParams = { access_level: integer({ required: true }), expires_at: date({ nullable: true }) };

/** `…/members` of groups or projects. */
export const memberRoutes = (deps: Deps, routes: MemberRoutes): readonly Route[] => {
  const { path, manager: guard } = routes;
  return [
    ...readingRoutes(deps, routes, 'direct'),
    ...readingRoutes(deps, routes, 'all'),
    route({
      method: 'POST',
      path: `${path}/members`,
      summary: 'Add members',
      params: { user_id: string(), username: string(), ...wishParams },
      rules: [mutuallyExclusive('user_id', 'username'), atLeastOneOf('user_id', 'username')],
      guard,
      handler: async ({ subject: changer, params, request }) => {
        const by = params.user_id === undefined ? 'username' : 'id';
        const candidates = (params.user_id ?? params.username ?? '').split(',').map((part) => part.trim());
        const wish = { accessLevel: params.access_level, expiresAt: params.expires_at ?? undefined };
        const [only = ''] = candidates;
        if (candidates.length > 1) return created(await addEach(deps, changer, candidates, by, wish));
        const who = by === 'id' ? { id: isNumber(only) ? Number(only) : -1 } : { username: only };
        const member = await addMember(deps, changer, await getCandidate(deps.db, who), wish);
        return created(await presentOne(deps, request, member));
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/members/:user_id`,
      summary: "Change a member's role",
      params: { user_id: integer({ required: true }), ...wishParams },
      guard,
      handler: async ({ subject: changer, params, request }) => {
        const member = await getMember(deps, changer.place, params.user_id);
        const wish = { accessLevel: params.access_level, expiresAt: params.expires_at };
        return ok(await presentOne(deps, request, await changeMember(deps, changer, member, wish)));
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/members/:user_id`,
      summary: 'Remove a member',
      params: {
        user_id: integer({ required: true }),
        skip_subresources: boolean({ default: false, description: 'Keep the memberships below the group' }),
      },
      guard: routes.selfOrManager,
      handler: async ({ subject: changer, params }) => {
        const member = await getMember(deps, changer.place, params.user_id);
        await removeMember(deps, changer, member, { keepBelow: params.skip_subresources });
        return noContent();
      },
    }),
  ];
};
