import { type ApiRequest, created, ok, type Route, route, string } from '../../../http/index.ts';
import { actingUser, findUsersByIds, presentUserBasic } from '../../accounts/index.ts';
import type { ProjectSubject } from '../../projects/index.ts';
import { listApprovals } from '../approval-store.ts';
import { approve, unapprove } from '../change-approvals.ts';
import { mayApprove } from '../guards.ts';
import { judgeMerge } from '../judge-merge.ts';
import type { MergeRequest } from '../merge-request.ts';
import { mergeStatus } from '../merge-status.ts';
import { presentMergeRequestText } from '../present.ts';
import type { MergeRequestRouteDeps } from './deps.ts';
import { checkSha } from './merge-routes.ts';

const PATH = '/projects/:id/merge_requests/:merge_request_iid';

const findApprovals = async (deps: MergeRequestRouteDeps, { id }: MergeRequest) => {
  const approvals = await listApprovals(deps.db, id);
  const users = await findUsersByIds(
    deps.db,
    approvals.map(({ userId }) => userId),
  );
  const byId = new Map(users.map((user) => [user.id, user]));
  return approvals.flatMap(({ userId, createdAt }) => {
    const user = byId.get(userId);
    return user === undefined ? [] : [{ user, createdAt }];
  });
};

/**
 * GitLab's `ApprovalState`, without the rules of its paid editions. The merge request itself is part of it:
 * clients replace what they know of a merge request with this answer, and go on by its `iid`.
 */
const answerApprovals = async (
  deps: MergeRequestRouteDeps,
  subject: ProjectSubject,
  mergeRequest: MergeRequest,
  request: ApiRequest,
) => {
  const { actor, project } = subject;
  const approvals = await findApprovals(deps, mergeRequest);
  const userId = actingUser(actor)?.id;
  const hasApproved = approvals.some(({ user }) => user.id === userId);
  const { facts } = await judgeMerge(deps, project, mergeRequest, { lazily: true });
  return {
    ...presentMergeRequestText(mergeRequest),
    merge_status: mergeStatus(facts),
    user_has_approved: hasApproved,
    user_can_approve: !hasApproved && mayApprove(subject, mergeRequest),
    approved: approvals.length > 0,
    approvals_required: 0,
    approvals_left: 0,
    approved_by: approvals.map(({ user, createdAt }) => ({
      user: presentUserBasic(user, request.baseUrl),
      approved_at: createdAt.toISOString(),
    })),
  };
};

/** The one rule that every merge request has on GitLab: anybody may approve it, and nobody has to. */
const answerApprovalState = async (deps: MergeRequestRouteDeps, mergeRequest: MergeRequest, request: ApiRequest) => ({
  approval_rules_overwritten: false,
  rules: [
    {
      id: null,
      name: 'All Members',
      rule_type: 'any_approver',
      eligible_approvers: [],
      approvals_required: 0,
      users: [],
      groups: [],
      contains_hidden_groups: false,
      section: null,
      source_rule: null,
      overridden: false,
      code_owner: false,
      approved_by: (await findApprovals(deps, mergeRequest)).map(({ user }) => presentUserBasic(user, request.baseUrl)),
      approved: true,
    },
  ],
});

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
    method: 'GET',
    path: `${PATH}/approval_state`,
    summary: 'The approval rules of a merge request: one, which asks nobody',
    params: {},
    guard: deps.mergeRequestGuards.read(),
    handler: async ({ subject, request }) => ok(await answerApprovalState(deps, subject.mergeRequest, request)),
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
    guard: deps.mergeRequestGuards.change('unapprove'),
    handler: async ({ subject, request }) => {
      await unapprove(deps, subject.actor.user, subject.mergeRequest);
      return created(await answerApprovals(deps, subject, subject.mergeRequest, request));
    },
  }),
];
