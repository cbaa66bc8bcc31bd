import type { UserId } from '../../../kit/ids.ts';
import type { User } from '../../accounts/index.ts';
import type { DescribedMergeRequest } from '../../merge-requests/index.ts';
import type { Commit } from '../../repositories/index.ts';
import { commitBlock } from './commit-block.ts';
import { utcSeconds, utcSecondsMaybe } from './payload-dates.ts';
import { projectBlockWithUrls, projectUrl } from './project-block.ts';
import { userBlock } from './user-block.ts';

/** Merge requests of payloads. Pure. `baseUrl`: `https://host/root`, no slash at the end. */

export interface MergeRequestBelongings {
  /** Everybody that it names. */
  readonly users: ReadonlyMap<number, User>;
  /** Its head; undefined: not in the repository any more. */
  readonly commit: Commit | undefined;
  readonly targetProtected: boolean;
  readonly baseUrl: string;
}

/** Labels are names here: what else GitLab knows of one is empty. */
export const labelBlock = (title: string, projectId: number) => ({
  id: null,
  title,
  color: null,
  project_id: projectId,
  created_at: null,
  updated_at: null,
  template: false,
  description: null,
  type: 'ProjectLabel',
  group_id: null,
});

export const peopleBlock = (ids: readonly UserId[], users: ReadonlyMap<number, User>) =>
  ids.map((id) => userBlock(users.get(id))).filter((block) => block !== null);

export const reviewersBlock = (ids: readonly UserId[], users: ReadonlyMap<number, User>) =>
  peopleBlock(ids, users).map((block) => ({ ...block, state: 'unreviewed', re_requested: false }));

const NO_TIME = {
  time_estimate: 0,
  time_change: 0,
  total_time_spent: 0,
  human_time_change: null,
  human_time_estimate: null,
  human_total_time_spent: null,
};

const mergingBlock = (told: DescribedMergeRequest) => {
  const { mergeRequest } = told;
  return {
    head_pipeline_id: told.headPipelineId,
    merge_commit_sha: mergeRequest.mergeCommitSha,
    squash_commit_sha: mergeRequest.squashCommitSha,
    merged_at: utcSecondsMaybe(mergeRequest.mergedAt),
    merge_error: mergeRequest.mergeError,
    merge_params: { force_remove_source_branch: mergeRequest.removeSourceBranch ? '1' : '0' },
    merge_status: told.mergeStatus,
    detailed_merge_status: told.detailedMergeStatus,
    merge_user_id: mergeRequest.mergeUserId ?? mergeRequest.autoMerge?.userId ?? null,
    merge_when_pipeline_succeeds: mergeRequest.autoMerge !== null,
  };
};

/** `object_attributes` of a merge request's own events, and `merge_request` of its comments'. */
export const mergeRequestBlock = (told: DescribedMergeRequest, belongings: MergeRequestBelongings) => {
  const { mergeRequest, project, draft } = told;
  const { commit, baseUrl, targetProtected } = belongings;
  const block = projectBlockWithUrls(project, baseUrl);
  return {
    id: mergeRequest.id,
    iid: mergeRequest.iid,
    title: mergeRequest.title,
    description: mergeRequest.description,
    author_id: mergeRequest.authorId,
    assignee_id: mergeRequest.assigneeIds[0] ?? null,
    assignee_ids: [...mergeRequest.assigneeIds],
    reviewer_ids: [...mergeRequest.reviewerIds],
    created_at: utcSeconds(mergeRequest.createdAt),
    updated_at: utcSeconds(mergeRequest.updatedAt),
    prepared_at: utcSeconds(mergeRequest.createdAt),
    updated_by_id: mergeRequest.updatedById,
    last_edited_at: utcSecondsMaybe(mergeRequest.lastEditedAt),
    last_edited_by_id: mergeRequest.lastEditedById,
    state: mergeRequest.state,
    state_id: told.stateId,
    draft,
    work_in_progress: draft,
    milestone_id: null,
    source_branch: mergeRequest.sourceBranch,
    source_project_id: project.id,
    target_branch: mergeRequest.targetBranch,
    target_branch_protected: targetProtected,
    target_project_id: project.id,
    blocking_discussions_resolved: true,
    first_contribution: false,
    ...mergingBlock(told),
    ...NO_TIME,
    labels: mergeRequest.labels.map((title) => labelBlock(title, project.id)),
    last_commit: commit === undefined ? null : commitBlock(commit, projectUrl(project, baseUrl)),
    source: block,
    target: block,
    url: told.webUrl,
  };
};

/** `merge_request` of its pipelines. */
export const pipelineMergeRequestBlock = (told: DescribedMergeRequest) => {
  const { mergeRequest, project } = told;
  return {
    id: mergeRequest.id,
    iid: mergeRequest.iid,
    title: mergeRequest.title,
    source_branch: mergeRequest.sourceBranch,
    source_project_id: project.id,
    target_branch: mergeRequest.targetBranch,
    target_project_id: project.id,
    state: mergeRequest.state,
    merge_status: told.mergeStatus,
    detailed_merge_status: told.detailedMergeStatus,
    url: told.webUrl,
  };
};
