import { forbidden, PenstockError } from '../../kit/errors.ts';
import { isActive } from '../../wire/statuses.ts';
import { findUserById } from '../accounts/index.ts';
import { findProjectById, findProtectedRefs, findRole, mayMergeInto } from '../projects/index.ts';
import { endAutoMerge, wishAutoMerge } from './change-store.ts';
import type { MergeDeps } from './deps.ts';
import { judgeMerge } from './judge-merge.ts';
import { listAutoMergesToTry, listMergesUnderWay, listRemovalsDue, listUnpipelined } from './list-store.ts';
import { lookAgain } from './look-again.ts';
import { type Merger, mergeNow, removeSourceBranch } from './merge.ts';
import { cannotBeMerged, isPassing, mergeErrorOf, NotMergeable, refusalOf } from './merge-refusals.ts';
import type { MergeOptions, MergeRequest } from './merge-request.ts';
import { detailedMergeStatus } from './merge-status.ts';
import { hasCommits, runMergeRequestPipeline } from './run-pipeline.ts';
import { STALE_MS, settleMerge } from './settle-merge.ts';
import { findMergeRequest } from './store.ts';

/**
 * `auto_merge`: as soon as the head's pipeline has succeeded; now, where none is running and nothing stands in the way. Throws 405
 * otherwise.
 */
export const mergeWhenPipelineSucceeds = async (
  deps: MergeDeps,
  merger: Merger,
  mergeRequest: MergeRequest,
  options: MergeOptions,
): Promise<MergeRequest> => {
  const { project, user } = merger;
  const { facts, headPipeline } = await judgeMerge(deps, project, mergeRequest);
  const status = detailedMergeStatus(project, mergeRequest, facts, { withoutCi: true });
  if (status !== 'mergeable') throw refusalOf(status);
  if (headPipeline === undefined || !isActive(headPipeline.status)) {
    if (headPipeline !== undefined && headPipeline.status !== 'success') throw new NotMergeable('ci_must_pass');
    return mergeNow(deps, merger, mergeRequest, options);
  }
  const wish = { userId: user.id, options };
  if (!(await wishAutoMerge(deps.db, mergeRequest, wish, deps.clock.now()))) throw cannotBeMerged();
  return (await findMergeRequest(deps.db, mergeRequest.id)) ?? mergeRequest;
};

/** Merges what waited for a pipeline that has succeeded by now. For a task; one that cannot be merged waits no longer, and says why. */
export const runAutoMerges = async (deps: MergeDeps): Promise<number> => {
  const due = await listAutoMergesToTry(deps.db);
  for (const mergeRequest of due) {
    try {
      await runAutoMerge(deps, mergeRequest);
    } catch (error) {
      // Anything else may be over the next time.
      if (!(error instanceof PenstockError)) {
        deps.log.error({ err: error, mergeRequest: mergeRequest.id }, 'an automatic merge failed');
        continue;
      }
      if (isPassing(error)) continue;
      await endAutoMerge(deps.db, mergeRequest, { mergeError: mergeErrorOf(error), at: deps.clock.now() });
    }
  }
  return due.length;
};

const runAutoMerge = async (deps: MergeDeps, mergeRequest: MergeRequest): Promise<void> => {
  const { autoMerge } = mergeRequest;
  const merger = autoMerge === null ? undefined : await findMerger(deps, mergeRequest, autoMerge.userId);
  if (autoMerge === null || merger === undefined) return;
  if (autoMerge.targetBranch !== mergeRequest.targetBranch) {
    throw forbidden(`it was to be merged into ${autoMerge.targetBranch ?? 'another branch'}`);
  }
  const rules = await findProtectedRefs(deps.db, merger.project.id);
  if (!mayMergeInto(merger.project, rules, merger, mergeRequest.targetBranch)) {
    throw forbidden(`${merger.user.username} may not merge into ${mergeRequest.targetBranch} any more`);
  }
  await mergeNow(deps, merger, mergeRequest, autoMerge.options);
};

const findMerger = async (
  deps: MergeDeps,
  { projectId }: MergeRequest,
  userId: number | null,
): Promise<Merger | undefined> => {
  const project = await findProjectById(deps.db, projectId);
  const user = userId === null ? undefined : await findUserById(deps.db, userId);
  if (project === undefined || user === undefined) return undefined;
  return { project, user, role: await findRole(deps.db, user, project.id, deps.clock.now()) };
};

/**
 * What crashes left undone: merges, pipelines of new heads, and source branches to be deleted. For a task. One that fails keeps no other
 * from its turn.
 */
export const sweepMergeRequests = async (deps: MergeDeps): Promise<void> => {
  const before = new Date(deps.clock.now().getTime() - GRACE_MS);
  const stale = new Date(deps.clock.now().getTime() - STALE_MS);
  await each(deps, await listMergesUnderWay(deps.db, stale), async (mergeRequest) => {
    const project = await findProjectById(deps.db, mergeRequest.projectId);
    if (project !== undefined) await settleMerge(deps, project, mergeRequest);
  });
  await each(deps, await listUnpipelined(deps.db, before), async (mergeRequest) => {
    const author = await findMerger(deps, mergeRequest, mergeRequest.authorId);
    if (author === undefined) return;
    await lookAgain(deps, author.project, mergeRequest.id, { needsPipeline: true });
    const current = await findMergeRequest(deps.db, mergeRequest.id);
    if (current === undefined || !hasCommits(current)) return;
    await runMergeRequestPipeline(deps, author.project, current, { user: author.user, onceForHead: true });
  });
  await each(deps, await listRemovalsDue(deps.db, before), async (mergeRequest) => {
    const merger = await findMerger(deps, mergeRequest, mergeRequest.mergeUserId);
    if (merger !== undefined) await removeSourceBranch(deps, merger, mergeRequest);
  });
};

const each = async (
  deps: MergeDeps,
  due: readonly MergeRequest[],
  work: (mergeRequest: MergeRequest) => Promise<void>,
): Promise<void> => {
  for (const mergeRequest of due) {
    try {
      await work(mergeRequest);
    } catch (error) {
      deps.log.error(
        { err: error, mergeRequest: mergeRequest.id },
        'what a crash left of a merge request was not ended',
      );
    }
  }
};

/** Milliseconds in which whoever began it is left to end it. */
const GRACE_MS = 30_000;
