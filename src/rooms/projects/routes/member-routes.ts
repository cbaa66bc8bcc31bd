import {
  type ApiRequest,
  arrayOf,
  atLeastOneOf,
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
import { forbidden, PenstockError } from '../../../kit/errors.ts';
import { findUsersByIds } from '../../accounts/index.ts';
import { can } from '../can.ts';
import { addMember, type Changer, changeMember, getCandidate, getMember, removeMember } from '../change-members.ts';
import type { ProjectSubject, SignedInActor } from '../guards.ts';
import { countMembers, listMembers, type Member } from '../member-store.ts';
import { presentMember } from '../present.ts';
import type { ProjectRouteDeps } from './deps.ts';

type Subject = ProjectSubject<SignedInActor>;

const changerOf = (subject: Subject): Changer => ({
  user: subject.actor.user,
  project: subject.project,
  role: subject.role,
});

const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text);

const presentAll = async (deps: ProjectRouteDeps, request: ApiRequest, members: readonly Member[]) => {
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

const presentOne = async (deps: ProjectRouteDeps, request: ApiRequest, member: Member) => {
  const [entity] = await presentAll(deps, request, [member]);
  return entity;
};

/** Several at once: what went wrong, by name or id, and nothing else. */
const addEach = async (
  deps: ProjectRouteDeps,
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

/** The lists and single members, direct and "all": without groups they are the same. */
const readingRoutes = (deps: ProjectRouteDeps, all: '' | '/all'): readonly Route[] => {
  const guard = deps.project('read_member', { authenticateFirst: true });
  const summary = all === '' ? 'direct members' : 'members, inherited ones too';
  return [
    route({
      method: 'GET',
      path: `/projects/:id/members${all}`,
      summary: `List the ${summary}`,
      params: { ...pagingParams, query: string(), user_ids: arrayOf(integer()) },
      guard,
      handler: async ({ subject, params, request }) => {
        const page = pageOf(params);
        const { id } = subject.project;
        const filter = { query: params.query, userIds: params.user_ids };
        const now = deps.clock.now();
        const members = await listMembers(deps.db, id, filter, page, now);
        const total = await countMembers(deps.db, id, filter, now);
        return pageReply(request, page, await presentAll(deps, request, members), { total });
      },
    }),
    route({
      method: 'GET',
      path: `/projects/:id/members${all}/:user_id`,
      summary: `Get one of the ${summary}`,
      params: { user_id: integer({ required: true }) },
      guard,
      handler: async ({ subject, params, request }) =>
        ok(await presentOne(deps, request, await getMember(deps, subject.project, params.user_id))),
    }),
  ];
};

/** Somebody who may manage members, or the member whose row it is. */
const selfOrManager = (deps: ProjectRouteDeps): Guard<Subject> => {
  const inner = deps.project('read_member', { authenticateFirst: true });
  return {
    label: 'project: admin_member, or the member, signed in',
    check: async (request) => {
      const subject = await inner.check(request);
      const isSelf = request.pathParams['user_id'] === String(subject.actor.user.id);
      if (!isSelf && !can(subject.actor, 'admin_member', subject.project, subject.role)) throw forbidden();
      return subject;
    },
  };
};

const wishParams = { access_level: integer({ required: true }), expires_at: date({ nullable: true }) };

/** `/projects/:id/members`. */
export const memberRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const guard = deps.project('admin_member', { authenticateFirst: true });
  return [
    ...readingRoutes(deps, ''),
    ...readingRoutes(deps, '/all'),
    route({
      method: 'POST',
      path: '/projects/:id/members',
      summary: 'Add members',
      params: { user_id: string(), username: string(), ...wishParams },
      rules: [mutuallyExclusive('user_id', 'username'), atLeastOneOf('user_id', 'username')],
      guard,
      handler: async ({ subject, params, request }) => {
        const changer = changerOf(subject);
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
      path: '/projects/:id/members/:user_id',
      summary: "Change a member's role",
      params: { user_id: integer({ required: true }), ...wishParams },
      guard,
      handler: async ({ subject, params, request }) => {
        const member = await getMember(deps, subject.project, params.user_id);
        const wish = { accessLevel: params.access_level, expiresAt: params.expires_at };
        return ok(await presentOne(deps, request, await changeMember(deps, changerOf(subject), member, wish)));
      },
    }),
    route({
      method: 'DELETE',
      path: '/projects/:id/members/:user_id',
      summary: 'Remove a member',
      params: { user_id: integer({ required: true }) },
      guard: selfOrManager(deps),
      handler: async ({ subject, params }) => {
        await removeMember(deps, changerOf(subject), await getMember(deps, subject.project, params.user_id));
        return noContent();
      },
    }),
  ];
};
