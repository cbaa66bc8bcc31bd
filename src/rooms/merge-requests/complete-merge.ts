import type { Project } from '../projects/index.ts';
import { mergeMergeRequestRow } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import { keepHead } from './git-view.ts';
import { type MergeRequest, type MergeUnderWay, STATE_IDS } from './merge-request.ts';
import { lockMergeRequest } from './store.ts';

/** The target branch has its head. */
type DoneMerge = Pick<MergeUnderWay, 'head' | 'userId' | 'mergeCommitSha' | 'squashCommitSha' | 'removeSourceBranch'>;

/**
 * From here on it is merged, with the head that was merged, whatever has been pushed to the source branch since. False: it was not
 * open any more, or (`onlyWithHead`) has another head by now.
 */
export const completeMerge = async (
  deps: ChangeDeps,
  project: Project,
  { id, projectId, iid }: Pick<MergeRequest, 'id' | 'projectId' | 'iid'>,
  merge: DoneMerge,
  { onlyWithHead }: { readonly onlyWithHead?: string } = {},
): Promise<boolean> => {
  const replaced = await deps.db.transaction().execute(async (tx) => {
    const before = await lockMergeRequest(tx, id);
    if (before === undefined || (onlyWithHead !== undefined && before.sha !== onlyWithHead)) return undefined;
    if (!(await mergeMergeRequestRow(tx, id, merge, deps.clock.now()))) return undefined;
    const changes = { state_id: { previous: STATE_IDS.opened, current: STATE_IDS.merged } };
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: merge.userId } as const;
    await deps.publish(tx, [{ ...fact, action: 'merge', changes }]);
    return before.sha;
  });
  if (replaced === undefined) return false;
  if (merge.head !== null && merge.head.sha !== replaced) await keepHead(deps, project, iid, merge.head.sha);
  return true;
};
