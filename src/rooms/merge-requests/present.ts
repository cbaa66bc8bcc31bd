import type { UserId } from '../../kit/ids.ts';
import { presentUserBasic, type User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { isDraft, type MergeRequest } from './merge-request.ts';
import { squashesOnMerge } from './merge-request-facts.ts';
import { detailedMergeStatus, type MergeFacts, mergeStatus } from './merge-status.ts';

/** Entities of GitLab's REST API (`MergeRequestBasic`, `MergeRequest`, `MergeRequestSimple`). Pure. */

export interface PresentContext {
  /** `https://host/root`, no trailing slash. */
  readonly baseUrl: string;
  readonly project: Project;
  /** Everybody that the merge request names. */
  readonly users: ReadonlyMap<UserId, User>;
  readonly notes: number;
  readonly facts: MergeFacts;
}

/** Everybody that it names. */
export const peopleOf = (mergeRequest: MergeRequest): readonly UserId[] => {
  const { authorId, mergeUserId, closedById, autoMerge, assigneeIds, reviewerIds } = mergeRequest;
  const single = [authorId, mergeUserId, closedById, autoMerge?.userId ?? null];
  return [...single.filter((id) => id !== null), ...assigneeIds, ...reviewerIds];
};

export const webUrlOf = (baseUrl: string, project: Pick<Project, 'fullPath'>, iid: number): string =>
  `${baseUrl}/${project.fullPath}/-/merge_requests/${iid}`;

const personOf = ({ users, baseUrl }: PresentContext, id: UserId | null | undefined) => {
  const user = id === null || id === undefined ? undefined : users.get(id);
  return user === undefined ? null : presentUserBasic(user, baseUrl);
};

const peopleIn = (context: PresentContext, ids: readonly UserId[]) =>
  ids.map((id) => personOf(context, id)).filter((person) => person !== null);

const NO_TIME = {
  time_estimate: 0,
  total_time_spent: 0,
  human_time_estimate: null,
  human_total_time_spent: null,
};

/** What each form of it begins with. */
export const presentMergeRequestText = (mergeRequest: MergeRequest) => ({
  id: mergeRequest.id,
  iid: mergeRequest.iid,
  project_id: mergeRequest.projectId,
  title: mergeRequest.title,
  description: mergeRequest.description,
  state: mergeRequest.state,
  created_at: mergeRequest.createdAt.toISOString(),
  updated_at: mergeRequest.updatedAt.toISOString(),
});

/** `view=simple`. */
export const presentMergeRequestSimple = (mergeRequest: MergeRequest, baseUrl: string, project: Project) => ({
  ...presentMergeRequestText(mergeRequest),
  web_url: webUrlOf(baseUrl, project, mergeRequest.iid),
});

const presentEnd = (mergeRequest: MergeRequest, context: PresentContext) => {
  const { state, mergedAt, closedAt, autoMerge } = mergeRequest;
  const merger = state === 'merged' ? mergeRequest.mergeUserId : null;
  return {
    merged_by: personOf(context, merger),
    merge_user: personOf(context, merger ?? autoMerge?.userId),
    merged_at: state === 'merged' ? (mergedAt?.toISOString() ?? null) : null,
    closed_by: personOf(context, state === 'closed' ? mergeRequest.closedById : null),
    closed_at: state === 'closed' ? (closedAt?.toISOString() ?? null) : null,
  };
};

/** Its state towards being merged. */
const presentMerging = (mergeRequest: MergeRequest, { project, facts }: PresentContext) => ({
  merge_when_pipeline_succeeds: mergeRequest.autoMerge !== null,
  merge_status: mergeStatus(facts),
  detailed_merge_status: detailedMergeStatus(project, mergeRequest, facts),
  merge_after: null,
  sha: mergeRequest.sha,
  merge_commit_sha: mergeRequest.mergeCommitSha,
  squash_commit_sha: mergeRequest.squashCommitSha,
  discussion_locked: mergeRequest.discussionLocked,
  should_remove_source_branch: mergeRequest.autoMerge?.options.removeSourceBranch ?? null,
  force_remove_source_branch: mergeRequest.removeSourceBranch,
  prepared_at: mergeRequest.createdAt.toISOString(),
});

/** An element of a list. */
export const presentMergeRequest = (mergeRequest: MergeRequest, context: PresentContext) => {
  const { project, baseUrl } = context;
  const assignees = peopleIn(context, mergeRequest.assigneeIds);
  const draft = isDraft(mergeRequest.title);
  const reference = `!${mergeRequest.iid}`;
  return {
    ...presentMergeRequestText(mergeRequest),
    ...presentEnd(mergeRequest, context),
    target_branch: mergeRequest.targetBranch,
    source_branch: mergeRequest.sourceBranch,
    user_notes_count: context.notes,
    upvotes: 0,
    downvotes: 0,
    author: personOf(context, mergeRequest.authorId),
    assignees,
    assignee: assignees[0] ?? null,
    reviewers: peopleIn(context, mergeRequest.reviewerIds),
    source_project_id: mergeRequest.projectId,
    target_project_id: mergeRequest.projectId,
    labels: mergeRequest.labels,
    draft,
    imported: false,
    imported_from: 'none',
    work_in_progress: draft,
    milestone: null,
    ...presentMerging(mergeRequest, context),
    reference,
    references: { short: reference, relative: reference, full: `${project.fullPath}${reference}` },
    web_url: webUrlOf(baseUrl, project, mergeRequest.iid),
    time_stats: NO_TIME,
    squash: mergeRequest.squash,
    squash_on_merge: squashesOnMerge(project, mergeRequest),
    task_completion_status: taskCompletion(mergeRequest.description ?? ''),
    has_conflicts: mergeStatus(context.facts) === 'cannot_be_merged',
    blocking_discussions_resolved: true,
  };
};

/** `- [ ]` and `- [x]` in the description. */
const taskCompletion = (description: string) => {
  const items = [...description.matchAll(/^[ \t]{0,20}(?:[-*+]|\d{1,9}\.) \[([ xX])\] /gm)];
  return { count: items.length, completed_count: items.filter(([, mark]) => mark !== ' ').length };
};

/** What one merge request alone shows. */
export interface DetailContext extends PresentContext {
  readonly pipeline: object | null;
  readonly headPipeline: object | null;
  readonly latestBuild: { readonly startedAt: Date | null; readonly finishedAt: Date | null } | undefined;
  /** Files that differ; with `+` where there are more than are counted. */
  readonly changesCount: string | null;
  readonly canMerge: boolean;
}

export const presentMergeRequestDetail = (mergeRequest: MergeRequest, context: DetailContext) => ({
  ...presentMergeRequest(mergeRequest, context),
  subscribed: false,
  changes_count: context.changesCount,
  latest_build_started_at: context.latestBuild?.startedAt?.toISOString() ?? null,
  latest_build_finished_at: context.latestBuild?.finishedAt?.toISOString() ?? null,
  first_deployed_to_production_at: null,
  pipeline: context.pipeline,
  head_pipeline: context.headPipeline,
  diff_refs: { base_sha: mergeRequest.baseSha, head_sha: mergeRequest.sha, start_sha: mergeRequest.startSha },
  merge_error: mergeRequest.mergeError,
  first_contribution: false,
  user: { can_merge: context.canMerge },
});
