import {
  type ApiRequest,
  created,
  type Guard,
  integer,
  noContent,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
} from '../../../http/index.ts';
import { presentUserBasic } from '../../accounts/index.ts';
import {
  type AccessRequest,
  countAccessRequests,
  listAccessRequests,
  REQUESTED_ROLE,
} from '../access-request-store.ts';
import { approveAccessRequest, denyAccessRequest, requestAccess } from '../change-access-requests.ts';
import type { Changer, MemberDeps } from '../change-members.ts';
import { presentMember } from '../present.ts';

/** The routes of access requests are the same for groups and projects; this is what differs. */
export interface AccessRequestRoutes {
  /** `/groups/:id` or `/projects/:id`. */
  readonly path: string;
  /** Who may ask: whoever sees the place by its visibility and has no role in it. */
  readonly asker: Guard<Changer>;
  readonly manager: Guard<Changer>;
  /** Somebody who may manage members, or who asked. */
  readonly selfOrManager: Guard<Changer>;
}

const present = ({ user, requestedAt }: AccessRequest, { baseUrl }: ApiRequest) => ({
  ...presentUserBasic(user, baseUrl),
  requested_at: requestedAt.toISOString(),
});

/** `…/access_requests` of groups or projects. */
export const accessRequestRoutes = (deps: MemberDeps, routes: AccessRequestRoutes): readonly Route[] => {
  const path = `${routes.path}/access_requests`;
  const userId = { user_id: integer({ required: true, description: 'Who asked' }) };
  return [
    route({
      method: 'GET',
      path,
      summary: 'List who asks for access',
      params: pagingParams,
      guard: routes.manager,
      handler: async ({ subject: { place }, params, request }) => {
        const page = pageOf(params);
        const requests = await listAccessRequests(deps.db, { place }, page);
        const rows = requests.map((asked) => present(asked, request));
        return pageReply(request, page, rows, { total: await countAccessRequests(deps.db, { place }) });
      },
    }),
    route({
      method: 'POST',
      path,
      summary: 'Ask for access',
      params: {},
      guard: routes.asker,
      handler: async ({ subject: { user, place }, request }) =>
        created(present(await requestAccess(deps, user, place), request)),
    }),
    route({
      method: 'PUT',
      path: `${path}/:user_id/approve`,
      summary: 'Grant access to somebody who asks for it',
      params: { ...userId, access_level: integer({ default: REQUESTED_ROLE, description: 'Not above your own' }) },
      guard: routes.manager,
      handler: async ({ subject: changer, params, request }) => {
        const member = await approveAccessRequest(deps, changer, params.user_id, params.access_level);
        return created(presentMember(member, changer.user, request.baseUrl));
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:user_id`,
      summary: 'Deny access, or take back that one asked',
      params: userId,
      guard: routes.selfOrManager,
      handler: async ({ subject: { place }, params }) => {
        await denyAccessRequest(deps, place, params.user_id);
        return noContent();
      },
    }),
  ];
};
