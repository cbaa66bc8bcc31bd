import { PenstockError } from '../../kit/errors.ts';
import { RefConflict } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { findProtectedRefs, isProtected, mayDeleteRef, type Project, type Role } from '../projects/index.ts';
import { headOf, moveRefs, NO_SHA } from '../repositories/index.ts';
import { buildMerge } from './build-merge.ts';
import { abandonMerge, beginMerge, clearRemovalDue } from './change-store.ts';
import type { MergeDeps } from './deps.ts';
import { judgeMerge } from './judge-merge.ts';
import type { MergeOptions, MergeRequest } from './merge-request.ts';
import { detailedMergeStatus } from './merge-status.ts';
import { findMergeRequest } from './store.ts';

export interface Merger {
  readonly project: Project;
  readonly user: User;
  readonly role: Role | undefined;
}

/** Milliseconds after which a merge that has not ended is one that a crash ended. */
const STALE_MS = 60_000;

export const cannotBeMerged = (): PenstockError => new PenstockError('unprocessable', 'Branch cannot be merged');
export const notAllowed = (): PenstockError => new PenstockError('method_not_allowed', '405 Method Not Allowed');

/**
 * Merges it now: commits are built, what comes is noted, and the target branch is moved as by a push of the merger, whose consequences
 * (`mergeRequestsOnPushed`) make the merge request merged. So a crash leaves it either open or merged, as the branch is. Throws 405
 * where something stands in the way, 422 for conflicts.
 */
export const mergeNow = async (
  deps: MergeDeps,
  merger: Merger,
  wanted: MergeRequest,
  options: MergeOptions,
): Promise<MergeRequest> => {
  const attempt = await tryMerge(deps, merger, wanted, options);
  // Somebody pushed to the target in between.
  const merged = attempt === 'again' ? await tryMerge(deps, merger, wanted, options) : attempt;
  if (merged === 'again') throw cannotBeMerged();
  if (merged.removalDue) await removeSourceBranch(deps, merger, merged);
  return (await findMergeRequest(deps.db, wanted.id)) ?? merged;
};

const tryMerge = async (
  deps: MergeDeps,
  merger: Merger,
  wanted: MergeRequest,
  options: MergeOptions,
): Promise<MergeRequest | 'again'> => {
  const { project, user } = merger;
  const mergeRequest = await findMergeRequest(deps.db, wanted.id);
  if (mergeRequest === undefined || mergeRequest.sha !== wanted.sha) throw cannotBeMerged();
  const { facts, targetSha } = await judgeMerge(deps, project, mergeRequest);
  const status = detailedMergeStatus(project, mergeRequest, facts);
  if (status === 'conflict') throw cannotBeMerged();
  if (status !== 'mergeable' || targetSha === undefined) throw notAllowed();
  const built = await buildMerge(deps, { project, user, mergeRequest, options, targetSha });
  if (built.kind === 'conflict') throw cannotBeMerged();
  const at = deps.clock.now();
  const { removeSourceBranch } = options;
  const under = { ...built.merge, userId: user.id, removeSourceBranch, at };
  const stale = new Date(at.getTime() - STALE_MS);
  if (!(await beginMerge(deps.db, mergeRequest.id, mergeRequest.sha, under, stale))) throw notAllowed();
  try {
    const push = { projectId: project.id, userId: user.id, pushOptions: [], viaJobToken: false };
    const ref = `refs/heads/${mergeRequest.targetBranch}`;
    await moveRefs({ ...deps.repositories, pushes: deps.pushes }, push, [
      { ref, old: targetSha, new: built.merge.sha },
    ]);
  } catch (error) {
    if (!(error instanceof RefConflict)) throw error;
    await abandonMerge(deps.db, mergeRequest.id, built.merge.sha);
    return 'again';
  }
  return (await findMergeRequest(deps.db, mergeRequest.id)) ?? mergeRequest;
};

/**
 * Deletes the source branch of one that has been merged, where the merger may and the branch is what was merged; protected
 * branches and the default branch stay.
 */
export const removeSourceBranch = async (
  deps: MergeDeps,
  { project, user, role }: Merger,
  { id, sha, sourceBranch }: MergeRequest,
): Promise<void> => {
  const rules = await findProtectedRefs(deps.db, project.id);
  const sourceSha = await headOf(deps.repositories, project, sourceBranch);
  const stays =
    sourceSha !== sha ||
    sourceBranch === project.defaultBranch ||
    isProtected(rules, sourceBranch, 'branch') ||
    !mayDeleteRef(project, rules, { user, role }, sourceBranch, 'branch', 'api');
  if (!stays) {
    const push = { projectId: project.id, userId: user.id, pushOptions: [], viaJobToken: false };
    try {
      await moveRefs({ ...deps.repositories, pushes: deps.pushes }, push, [
        { ref: `refs/heads/${sourceBranch}`, old: sha, new: NO_SHA },
      ]);
    } catch (error) {
      if (!(error instanceof RefConflict)) throw error;
    }
  }
  await clearRemovalDue(deps.db, id);
};
