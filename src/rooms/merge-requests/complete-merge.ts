import type { User } from '../accounts/index.ts';
import { mergeMergeRequestRow } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import { type MergeRequest, type MergeUnderWay, STATE_IDS } from './merge-request.ts';

/** The target branch has it: from here on it is merged. False: it was not open any more. */
export const completeMerge = async (
  deps: ChangeDeps,
  { id, projectId }: Pick<MergeRequest, 'id' | 'projectId'>,
  merge: Pick<MergeUnderWay, 'mergeCommitSha' | 'squashCommitSha' | 'removeSourceBranch'> & {
    readonly userId: User['id'];
  },
): Promise<boolean> =>
  deps.db.transaction().execute(async (tx) => {
    if (!(await mergeMergeRequestRow(tx, id, merge, deps.clock.now()))) return false;
    const changes = { state_id: { previous: STATE_IDS.opened, current: STATE_IDS.merged } };
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: merge.userId } as const;
    await deps.publish(tx, [{ ...fact, action: 'merge', changes }]);
    return true;
  });
