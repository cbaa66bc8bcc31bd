import { updateRefsQuickly, ZERO_SHA } from '../../platform/git/index.ts';
import type { Project } from '../projects/index.ts';
import { repositoryOf } from '../repositories/index.ts';
import { mergeRequestRef } from '../variables/index.ts';
import type { ReadDeps } from './deps.ts';
import { mergeInProgress } from './merge-refusals.ts';
import type { MergeRequest } from './merge-request.ts';
import { deleteMergeRequestRow, lockMergeRequest } from './store.ts';

/** Its comments go with it; its pipelines stay. Throws 409 while it is merged. */
export const deleteMergeRequest = async (
  deps: ReadDeps,
  project: Project,
  { id, iid }: MergeRequest,
): Promise<void> => {
  await deps.db.transaction().execute(async (tx) => {
    if ((await lockMergeRequest(tx, id))?.merging) throw mergeInProgress();
    await deleteMergeRequestRow(tx, id);
  });
  await updateRefsQuickly(repositoryOf(deps.repositories, project), [{ ref: mergeRequestRef(iid), new: ZERO_SHA }]);
};
