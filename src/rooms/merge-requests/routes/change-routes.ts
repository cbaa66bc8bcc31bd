import {
  arrayOf,
  atLeastOneOf,
  boolean,
  commaList,
  created,
  enumeration,
  integer,
  noContent,
  ok,
  type Params,
  type Route,
  requireUnmodifiedSince,
  route,
  string,
} from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { can } from '../../projects/index.ts';
import { answerMergeRequest } from '../answer.ts';
import { createMergeRequest, wrongPair } from '../create-merge-request.ts';
import { deleteMergeRequest } from '../delete-merge-request.ts';
import { changeMergeRequest, type UpdateWish } from '../update-merge-request.ts';
import type { MergeRequestRouteDeps } from './deps.ts';

const commonParams = {
  description: string({ nullable: true }),
  assignee_id: integer({ description: '0: nobody' }),
  assignee_ids: arrayOf(integer()),
  reviewer_ids: arrayOf(integer()),
  labels: commaList({ description: 'Names' }),
  milestone_id: integer({ description: 'There are no milestones' }),
  remove_source_branch: boolean({ description: 'Delete the source branch when it is merged' }),
  allow_collaboration: boolean({ description: 'There are no forks' }),
  squash: boolean({ description: 'Merge the commits as one' }),
  discussion_locked: boolean(),
};

const updateParams = {
  ...commonParams,
  title: string({ allowBlank: false }),
  target_branch: string({ allowBlank: false }),
  state_event: enumeration(['close', 'reopen']),
  add_labels: commaList(),
  remove_labels: commaList(),
};

const CHANGES = [
  'assignee_id',
  'assignee_ids',
  'reviewer_ids',
  'description',
  'labels',
  'add_labels',
  'remove_labels',
  'milestone_id',
  'remove_source_branch',
  'allow_collaboration',
  'squash',
  'target_branch',
  'title',
  'state_event',
  'discussion_locked',
] as const;

const peopleOf = (one: number | undefined, many: readonly number[] | undefined): readonly number[] | undefined =>
  many ?? (one === undefined ? undefined : [one]);

const wishOf = (params: Params<typeof updateParams>): UpdateWish =>
  withoutAbsent({
    title: params.title,
    description: params.description,
    targetBranch: params.target_branch,
    labels: params.labels,
    addLabels: params.add_labels,
    removeLabels: params.remove_labels,
    squash: params.squash,
    removeSourceBranch: params.remove_source_branch,
    discussionLocked: params.discussion_locked,
    assigneeIds: peopleOf(params.assignee_id, params.assignee_ids),
    reviewerIds: params.reviewer_ids,
    stateEvent: params.state_event,
  });

/** Opening, changing, closing and deleting. */
export const changeRoutes = (deps: MergeRequestRouteDeps): readonly Route[] => [
  route({
    method: 'POST',
    path: '/projects/:id/merge_requests',
    summary: 'Open a merge request',
    params: {
      ...commonParams,
      title: string({ required: true }),
      source_branch: string({ required: true }),
      target_branch: string({ required: true }),
      target_project_id: integer({ description: 'The project itself: there are no forks' }),
    },
    guard: deps.mergeRequestGuards.project('create_merge_request_from', { authenticateFirst: true }),
    handler: async ({ subject, params, request }) => {
      const { actor, project, role } = subject;
      if (!can(actor, 'create_merge_request_in', project, role)) throw forbidden();
      if (params.target_project_id !== undefined && params.target_project_id !== project.id) {
        throw wrongPair('Source project is not a fork of the target project');
      }
      const made = await createMergeRequest(deps, project, actor.user, {
        title: params.title,
        description: params.description ?? null,
        sourceBranch: params.source_branch,
        targetBranch: params.target_branch,
        labels: params.labels ?? [],
        assigneeIds: peopleOf(params.assignee_id, params.assignee_ids) ?? [],
        reviewerIds: params.reviewer_ids ?? [],
        squash: params.squash,
        removeSourceBranch: params.remove_source_branch,
        discussionLocked: params.discussion_locked ?? null,
      });
      return created(await answerMergeRequest(deps, subject, project, made, request));
    },
  }),
  route({
    method: 'PUT',
    path: '/projects/:id/merge_requests/:merge_request_iid',
    summary: 'Change, close or reopen a merge request',
    params: updateParams,
    rules: [atLeastOneOf(...CHANGES)],
    guard: deps.mergeRequestGuards.change('update'),
    handler: async ({ subject, params, request }) => {
      const { actor, project, mergeRequest } = subject;
      const changed = await changeMergeRequest(deps, project, actor.user, mergeRequest, wishOf(params));
      return ok(await answerMergeRequest(deps, subject, project, changed, request));
    },
  }),
  route({
    method: 'DELETE',
    path: '/projects/:id/merge_requests/:merge_request_iid',
    summary: 'Delete a merge request',
    params: {},
    guard: deps.mergeRequestGuards.change('destroy'),
    handler: async ({ subject, request }) => {
      requireUnmodifiedSince(request, subject.mergeRequest.updatedAt);
      await deleteMergeRequest(deps, subject.project, subject.mergeRequest);
      return noContent();
    },
  }),
];
