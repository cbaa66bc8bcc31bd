import type { Project } from '../projects/index.ts';
import { headOf } from '../repositories/index.ts';
import { abandonMerge } from './change-store.ts';
import { closeForMissingBranch } from './close-for-missing-branch.ts';
import { completeMerge } from './complete-merge.ts';
import type { ChangeDeps, ReadDeps } from './deps.ts';
import { contains } from './git-view.ts';
import type { MergeRequest, MergeUnderWay } from './merge-request.ts';
import { findMergeRequest } from './store.ts';

/** Milliseconds after which a merge that has not ended is one that a crash ended. */
export const STALE_MS = 60_000;

/** Whether the target branch has been moved by that merge. */
export const hasMoved = async (
  deps: ReadDeps,
  project: Project,
  { sha, targetBranch }: Pick<MergeUnderWay, 'sha' | 'targetBranch'>,
): Promise<boolean> => {
  const head = await headOf(deps.repositories, project, targetBranch);
  return head !== undefined && (await contains(deps, project, head, sha));
};

/** The target branch has not been moved and will not be. Looks again at what was passed over meanwhile. */
export const giveUpMerge = async (
  deps: ChangeDeps,
  project: Project,
  mergeRequest: MergeRequest,
  { sha, userId }: Pick<MergeUnderWay, 'sha' | 'userId'>,
): Promise<void> => {
  await abandonMerge(deps.db, mergeRequest.id, sha);
  const sourceSha = await headOf(deps.repositories, project, mergeRequest.sourceBranch);
  if (sourceSha === undefined) await closeForMissingBranch(deps, userId, mergeRequest);
};

/**
 * Ends a merge that is under way, where that is known: as merged when the target branch has it, given up when a crash ended it.
 * Returns the row as it is then; `merging` is not null where the merge is still at it.
 */
export const settleMerge = async (
  deps: ChangeDeps,
  project: Project,
  mergeRequest: MergeRequest,
): Promise<MergeRequest | undefined> => {
  const { merging } = mergeRequest;
  if (merging === null) return mergeRequest;
  if (await hasMoved(deps, project, merging)) await completeMerge(deps, project, mergeRequest, merging);
  else if (merging.at.getTime() + STALE_MS <= deps.clock.now().getTime()) {
    await giveUpMerge(deps, project, mergeRequest, merging);
  }
  return findMergeRequest(deps.db, mergeRequest.id);
};
