import type { MergeRequestId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';
import { updateHead } from './change-store.ts';
import type { ChangeDeps } from './deps.ts';
import { findBase, findBranches, keepHead } from './git-view.ts';
import { findMergeRequest } from './store.ts';

/**
 * Brings an open one to what its branches are, which nobody told it of: pushes are followed by what is open when they come.
 * `needsPipeline`: a new head is to get one. Says nothing to hooks.
 */
export const lookAgain = async (
  deps: ChangeDeps,
  project: Project,
  id: MergeRequestId,
  { needsPipeline }: { readonly needsPipeline: boolean },
): Promise<void> => {
  for (;;) {
    const mergeRequest = await findMergeRequest(deps.db, id);
    if (mergeRequest?.state !== 'opened') return;
    const { sourceSha: sha, targetSha: startSha } = await findBranches(deps, project, mergeRequest);
    if (sha === undefined || startSha === undefined) return;
    await keepHead(deps, project, mergeRequest.iid, sha);
    if (sha === mergeRequest.sha && startSha === mergeRequest.startSha) return;
    const head = { sha, baseSha: await findBase(deps, project, sha, startSha), startSha };
    const how = { needsPipeline, at: deps.clock.now() };
    if (await deps.db.transaction().execute((tx) => updateHead(tx, mergeRequest, head, how))) return;
  }
};
