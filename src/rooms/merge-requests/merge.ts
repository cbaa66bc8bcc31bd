import { setTimeout as sleep } from 'node:timers/promises';
import { unauthorized } from '../../kit/errors.ts';
import { RefConflict } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import {
  findProtectedRefs,
  isProtected,
  mayDeleteRef,
  mayMergeInto,
  type Project,
  type Role,
} from '../projects/index.ts';
import { headOf, moveRefs, NO_SHA } from '../repositories/index.ts';
import { buildMerge } from './build-merge.ts';
import { beginMerge, clearRemovalDue } from './change-store.ts';
import { completeMerge } from './complete-merge.ts';
import type { MergeDeps } from './deps.ts';
import { judgeMerge } from './judge-merge.ts';
import { cannotBeMerged, refusalOf, targetIsBusy } from './merge-refusals.ts';
import type { MergeOptions, MergeRequest } from './merge-request.ts';
import { detailedMergeStatus } from './merge-status.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { giveUpMerge, hasMoved, settleMerge } from './settle-merge.ts';
import { findMergeRequest } from './store.ts';

export interface Merger {
  readonly project: Project;
  readonly user: User;
  readonly role: Role | undefined;
}

const ATTEMPTS = 6;
/** Milliseconds of the longest pause before the second attempt; doubled for each that follows. */
const PAUSE_MS = 20;

/**
 * Merges it now: commits are built, what comes is noted, and the target branch is moved as by a push of the merger, whose consequences
 * (`mergeRequestsOnPushed`) make the merge request merged. So a crash leaves it either open or merged, as the branch is. Merges into
 * one branch go one after the other. `wanted` says which head is to be merged into which branch. Throws 401 where the merger may not
 * merge into it (any more), 405 where something stands in the way, 422 for conflicts and for what is no more as wanted, 409 when
 * others were always faster.
 */
export const mergeNow = async (
  deps: MergeDeps,
  merger: Merger,
  wanted: MergeRequest,
  options: MergeOptions,
): Promise<MergeRequest> => {
  const merged = await oneAtATime(`${merger.project.id} ${wanted.targetBranch}`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // Somebody pushed to the target in between, or another server merged into it.
      if (attempt > 0) await sleep(Math.random() * PAUSE_MS * 2 ** attempt);
      const result = await tryMerge(deps, merger, wanted, options);
      if (result !== 'again') return result;
    }
    throw targetIsBusy(wanted.targetBranch);
  });
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
  const found = await findMergeRequest(deps.db, wanted.id);
  const mergeRequest = found && (await settleMerge(deps, project, found));
  if (mergeRequest?.sha !== wanted.sha || mergeRequest.targetBranch !== wanted.targetBranch) throw cannotBeMerged();
  const { targetBranch } = mergeRequest;
  if (!mayMergeInto(project, await findProtectedRefs(deps.db, project.id), merger, targetBranch)) throw unauthorized();
  const { facts, targetSha } = await judgeMerge(deps, project, mergeRequest);
  const status = detailedMergeStatus(project, mergeRequest, facts);
  if (status !== 'mergeable' || targetSha === undefined) throw refusalOf(status);
  const built = await buildMerge(deps, { project, user, mergeRequest, options, targetSha });
  if (built.kind === 'conflict') throw cannotBeMerged();
  const { removeSourceBranch } = options;
  const { sha, baseSha, startSha } = mergeRequest;
  const head = { sha, baseSha, startSha };
  const under = { ...built.merge, head, targetBranch, userId: user.id, removeSourceBranch, at: deps.clock.now() };
  if (!(await beginMerge(deps.db, mergeRequest, under))) return 'again';
  try {
    const push = { projectId: project.id, userId: user.id, pushOptions: [], viaJobToken: false };
    await moveRefs({ ...deps.repositories, pushes: deps.pushes }, push, [
      { ref: `refs/heads/${targetBranch}`, old: targetSha, new: under.sha },
    ]);
  } catch (error) {
    if (!(await hasMoved(deps, project, under))) {
      await giveUpMerge(deps, project, mergeRequest, under);
      if (error instanceof RefConflict) return 'again';
      throw error;
    }
    deps.log.error({ err: error, mergeRequest: mergeRequest.id }, 'a merge moved its branch, and what follows failed');
  }
  // Nothing to do where the push has had its consequences.
  await completeMerge(deps, project, mergeRequest, under);
  const merged = await findMergeRequest(deps.db, mergeRequest.id);
  if (merged?.state !== 'merged') throw cannotBeMerged();
  return merged;
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
