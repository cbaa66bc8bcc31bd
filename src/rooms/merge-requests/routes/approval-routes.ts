import { type ApiRequest, created, ok, type Route, route, string } from '../../../http/index.ts';
import { actingUser, findUsersByIds, presentUserBasic } from '../../accounts/index.ts';
import { can, type ProjectSubject } from '../../projects/index.ts';
import { listApprovals } from '../approval-store.ts';
import { approve, unapprove } from '../change-approvals.ts';
import type { MergeRequest } from '../merge-request.ts';
import type { MergeRequestRouteDeps } from './deps.ts';
import { checkSha } from './merge-routes.ts';

const PATH = '/projects/:id/merge_requests/:merge_request_iid';

/** GitLab's `MergeRequestApprovals`, without the rules of its paid editions. */
const answerApprovals = async (
  deps: MergeRequestRouteDeps,
  { actor, project, role }: ProjectSubject,
  { id }: MergeRequest,
  request: ApiRequest,
) => {
  const approvals = await listApprovals(deps.db, id);
  const found = await findUsersByIds(
    deps.db,
    approvals.map(({ userId }) => userId),
  );
  const users = new Map(found.map((user) => [user.id, user]));
  const userId = actingUser(actor)?.id;
  const hasApproved = approvals.some((approval) => approval.userId === userId);
  return {
    user_has_approved: hasApproved,
    user_can_approve: !hasApproved && can(actor, 'push_code', project, role),
    approved: approvals.length > 0,
    approved_by: approvals.flatMap((approval) => {
      const user = users.get(approval.userId);
      if (user === undefined) return [];
      return [{ user: presentUserBasic(user, request.baseUrl), approved_at: approval.createdAt.toISOString() }];
    }),
  };
};

export const approvalRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: `${PATH}/approvals`,
    summary: 'Who has approved a merge request',
    params: {},
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, request }) => ok(await answerApprovals(deps, subject, subject.mergeRequest, request)),
  }),
  route({
    method: 'POST',
    path: `${PATH}/approve`,
    summary: 'Approve a merge request',
    params: { sha: string({ description: 'The head that is meant; another one is 409' }) },
    guard: deps.mergeRequestGuards.change('approve'),
    handler: async ({ subject, params, request }) => {
      checkSha(subject.mergeRequest, params.sha);
      await approve(deps, subject.actor.user, subject.mergeRequest);
      return created(await answerApprovals(deps, subject, subject.mergeRequest, request));
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/unapprove`,
    summary: 'Take back an approval',
    params: {},
    guard: deps.mergeRequestGuards.change('approve'),
    handler: async ({ subject, request }) => {
      await unapprove(deps, subject.actor.user, subject.mergeRequest);
      return created(await answerApprovals(deps, subject, subject.mergeRequest, request));
    },
  }),
];
