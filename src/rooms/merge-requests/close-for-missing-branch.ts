import type { UserId } from '../../kit/ids.ts';
import { closeMergeRequestRow } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import { type MergeRequest, STATE_IDS } from './merge-request.ts';

/** Its source branch is gone. One with a merge under way stays: it is merged, or looked at again when the merge is given up. */
export const closeForMissingBranch = async (
  deps: ChangeDeps,
  userId: UserId,
  { id, projectId }: MergeRequest,
): Promise<void> => {
  await deps.db.transaction().execute(async (tx) => {
    if (!(await closeMergeRequestRow(tx, id, userId, deps.clock.now()))) return;
    const changes = { state_id: { previous: STATE_IDS.opened, current: STATE_IDS.closed } };
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId } as const;
    await deps.publish(tx, [{ ...fact, action: 'close', changes }]);
  });
};
