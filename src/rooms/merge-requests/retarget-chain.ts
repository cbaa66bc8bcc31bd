import { PenstockError } from '../../kit/errors.ts';
import { findUserById } from '../accounts/index.ts';
import { findProjectById } from '../projects/index.ts';
import { NO_SHA, type Pushed } from '../repositories/index.ts';
import type { ChangeDeps } from './deps.ts';
import { listOpenOfBranches, listRemovedByMerge } from './list-store.ts';
import { changeMergeRequest } from './update-merge-request.ts';

const BRANCH = 'refs/heads/';

/** As many are moved on, as in GitLab. */
const MAX_RETARGETED = 4;

/**
 * A merge has removed its source branch: open merge requests into that branch go on to the branch that it was merged into. One
 * that cannot (another one has the pair already) stays as it is. May be told again: then there is nothing left to do.
 */
export const retargetChainOnPushed = async (
  deps: ChangeDeps,
  { projectId, userId, updates }: Pushed,
): Promise<void> => {
  const removed = updates.flatMap(({ ref, new: to }) =>
    to === NO_SHA && ref.startsWith(BRANCH) ? [ref.slice(BRANCH.length)] : [],
  );
  if (removed.length === 0) return;
  const merged = await listRemovedByMerge(deps.db, projectId, removed);
  if (merged.length === 0) return;
  const [project, user] = [await findProjectById(deps.db, projectId), await findUserById(deps.db, userId)];
  if (project === undefined || user === undefined) return;
  for (const { sourceBranch, targetBranch } of merged) {
    const open = await listOpenOfBranches(deps.db, projectId, [sourceBranch]);
    const chained = open.filter((mergeRequest) => mergeRequest.targetBranch === sourceBranch);
    for (const mergeRequest of chained.slice(0, MAX_RETARGETED)) {
      try {
        await changeMergeRequest(deps, project, user, mergeRequest, { targetBranch });
      } catch (error) {
        if (!(error instanceof PenstockError)) throw error;
      }
    }
  }
};
