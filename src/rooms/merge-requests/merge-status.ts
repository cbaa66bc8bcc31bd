import { isActive, type Status } from '../../wire/statuses.ts';
import type { Project } from '../projects/index.ts';
import { isDraft, type MergeRequest } from './merge-request.ts';

/** GitLab's `detailed_merge_status`, as far as there is something behind it here. */
export type DetailedMergeStatus =
  | 'mergeable'
  | 'not_open'
  | 'draft_status'
  | 'commits_status'
  | 'conflict'
  | 'need_rebase'
  | 'ci_must_pass'
  | 'ci_still_running'
  | 'checking'
  | 'unchecked';

/** What git and the pipelines say of a merge request. */
export interface MergeFacts {
  /** Both branches are there, and the source has commits that the target has not. */
  readonly hasCommits: boolean;
  /** Null: nobody has looked yet. */
  readonly hasConflicts: boolean | null;
  /** The target has commits that the source has not. */
  readonly isBehind: boolean;
  readonly pipelineStatus: Status | undefined;
}

/** Whether the project lets it be merged with this pipeline. */
export const pipelineSuffices = (
  project: Pick<Project, 'onlyAllowMergeIfPipelineSucceeds' | 'allowMergeOnSkippedPipeline'>,
  status: Status | undefined,
): boolean =>
  !project.onlyAllowMergeIfPipelineSucceeds ||
  status === 'success' ||
  (status === 'skipped' && project.allowMergeOnSkippedPipeline);

/** The first thing that stands in the way, in GitLab's order. `withoutCi`: as if its pipeline had succeeded. */
export const detailedMergeStatus = (
  project: Pick<Project, 'mergeMethod' | 'onlyAllowMergeIfPipelineSucceeds' | 'allowMergeOnSkippedPipeline'>,
  mergeRequest: Pick<MergeRequest, 'state' | 'title' | 'merging'>,
  facts: MergeFacts,
  options: { readonly withoutCi?: boolean } = {},
): DetailedMergeStatus => {
  if (mergeRequest.state !== 'opened') return 'not_open';
  if (mergeRequest.merging !== null) return 'checking';
  if (facts.hasConflicts === null) return 'unchecked';
  if (isDraft(mergeRequest.title)) return 'draft_status';
  if (!facts.hasCommits) return 'commits_status';
  if (facts.hasConflicts) return 'conflict';
  if (project.mergeMethod !== 'merge' && facts.isBehind) return 'need_rebase';
  if (options.withoutCi === true || pipelineSuffices(project, facts.pipelineStatus)) return 'mergeable';
  return facts.pipelineStatus !== undefined && isActive(facts.pipelineStatus) ? 'ci_still_running' : 'ci_must_pass';
};

/** GitLab's older `merge_status`: of the branches alone. */
export const mergeStatus = ({ hasCommits, hasConflicts }: MergeFacts): string => {
  if (hasConflicts === null) return 'unchecked';
  return hasCommits && !hasConflicts ? 'can_be_merged' : 'cannot_be_merged';
};
