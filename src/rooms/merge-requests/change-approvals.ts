import { notFound, unauthorized } from '../../kit/errors.ts';
import type { User } from '../accounts/index.ts';
import { deleteApproval, insertApproval } from './approval-store.ts';
import { touchMergeRequest } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import type { MergeRequest } from './merge-request.ts';
import { holdMergeRequest, lockMergeRequest } from './store.ts';

/** One approval is enough to be approved. Throws 401 for who has approved it already, 404 when it is gone. */
export const approve = async (deps: ChangeDeps, user: User, { id, projectId }: MergeRequest): Promise<void> => {
  await deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    await holdMergeRequest(tx, id);
    if (!(await insertApproval(tx, id, user.id, now))) throw unauthorized();
    await touchMergeRequest(tx, id, now);
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: user.id } as const;
    await deps.publish(tx, [{ ...fact, action: 'approved', changes: {} }]);
  });
};

/** Throws 404 for who has not approved it, and for one that is merged, now or long since: what was approved stays so. */
export const unapprove = async (deps: ChangeDeps, user: User, { id, projectId }: MergeRequest): Promise<void> => {
  await deps.db.transaction().execute(async (tx) => {
    const before = await lockMergeRequest(tx, id);
    if (before?.state === 'merged' || before?.merging) throw notFound();
    if (!(await deleteApproval(tx, id, user.id))) throw notFound();
    await touchMergeRequest(tx, id, deps.clock.now());
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: user.id } as const;
    await deps.publish(tx, [{ ...fact, action: 'unapproved', changes: {} }]);
  });
};
