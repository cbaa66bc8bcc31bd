import { findHeadPipeline, type Pipeline } from '../pipelines/index.ts';
import type { Project } from '../projects/index.ts';
import type { ReadDeps } from './deps.ts';
import { findBranches, findConflicts } from './git-view.ts';
import type { MergeRequest } from './merge-request.ts';
import type { MergeFacts } from './merge-status.ts';

/** The facts of a merge request, with what they were taken from. */
export interface Judged {
  readonly facts: MergeFacts;
  readonly headPipeline: Pipeline | undefined;
  /** Undefined: the branch is gone. */
  readonly targetSha: string | undefined;
}

/** Looks at branches and pipelines. `lazily`: a pair of heads that nobody has tried to merge yet stays unchecked. */
export const judgeMerge = async (
  deps: ReadDeps,
  project: Project,
  mergeRequest: MergeRequest,
  options: { readonly lazily?: boolean } = {},
): Promise<Judged> => {
  const headPipeline = await findHeadPipeline(deps.db, project.id, mergeRequest);
  const pipelineStatus = headPipeline?.status;
  if (mergeRequest.state !== 'opened') {
    const facts = { hasCommits: true, hasConflicts: false, isBehind: false, pipelineStatus };
    return { facts, headPipeline, targetSha: undefined };
  }
  const { sourceSha, targetSha } = await findBranches(deps, project, mergeRequest);
  if (sourceSha === undefined || targetSha === undefined) {
    const facts = { hasCommits: false, hasConflicts: false, isBehind: false, pipelineStatus };
    return { facts, headPipeline, targetSha };
  }
  const { checked, sha } = mergeRequest;
  const isChecked = checked?.sha === sha && checked.targetSha === targetSha;
  const hasConflicts =
    options.lazily === true && !isChecked ? null : await findConflicts(deps, project, mergeRequest, targetSha);
  const facts = {
    hasCommits: mergeRequest.baseSha !== sha,
    hasConflicts,
    isBehind: mergeRequest.baseSha !== targetSha,
    pipelineStatus,
  };
  return { facts, headPipeline, targetSha };
};
