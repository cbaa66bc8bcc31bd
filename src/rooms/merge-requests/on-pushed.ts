import { findUserById, type User } from '../accounts/index.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import { headOf, NO_SHA, type Pushed, type RefUpdate } from '../repositories/index.ts';
import { endAutoMerge, updateHead } from './change-store.ts';
import { closeForMissingBranch } from './close-for-missing-branch.ts';
import { completeMerge } from './complete-merge.ts';
import type { ChangeDeps } from './deps.ts';
import { contains, findBase, findMergeCommit, keepHead } from './git-view.ts';
import { listOpenOfBranches } from './list-store.ts';
import type { MergeHead, MergeRequest } from './merge-request.ts';
import { hasCommits, runMergeRequestPipeline } from './run-pipeline.ts';
import { hasMoved, settleMerge } from './settle-merge.ts';
import { findMergeRequest } from './store.ts';

const BRANCH = 'refs/heads/';

interface Subject {
  readonly project: Project;
  readonly user: User;
  readonly push: Pushed;
}

/**
 * What a push does to open merge requests. Nothing here counts updates: the branches are looked at as they are now, so it may be
 * told again after a crash. Comes before what settles the push. First the targets: what was merged by hand and whose source
 * branch went with the same push is merged, not closed.
 */
export const mergeRequestsOnPushed = async (deps: ChangeDeps, push: Pushed): Promise<void> => {
  const updates = new Map(
    push.updates.flatMap((update) =>
      update.ref.startsWith(BRANCH) ? [[update.ref.slice(BRANCH.length), update] as const] : [],
    ),
  );
  if (updates.size === 0) return;
  const found = await listOpenOfBranches(deps.db, push.projectId, [...updates.keys()]);
  if (found.length === 0) return;
  const [project, user] = [await findProjectById(deps.db, push.projectId), await findUserById(deps.db, push.userId)];
  if (project === undefined || user === undefined) return;
  const subject = { project, user, push };
  for (const mergeRequest of found) {
    if (updates.has(mergeRequest.targetBranch)) await refreshTarget(deps, subject, mergeRequest);
  }
  for (const mergeRequest of found) {
    const update = updates.get(mergeRequest.sourceBranch);
    if (update !== undefined) await refreshSource(deps, subject, mergeRequest, update);
  }
};

/** Pushes are followed side by side: whatever one of them writes is looked at again, so that the last look is a true one. */
const refreshTarget = async (deps: ChangeDeps, subject: Subject, known: MergeRequest): Promise<void> => {
  let mergeRequest: MergeRequest | undefined = known;
  while (mergeRequest?.state === 'opened' && !(await isRefreshed(deps, subject, mergeRequest))) {
    mergeRequest = await findMergeRequest(deps.db, known.id);
  }
};

/** Whether the row says what the branches are; otherwise it is changed. */
const isRefreshed = async (deps: ChangeDeps, subject: Subject, mergeRequest: MergeRequest): Promise<boolean> => {
  const { project, user } = subject;
  const { sha, merging, targetBranch } = mergeRequest;
  if (merging !== null && (await hasMoved(deps, project, merging))) {
    await completeMerge(deps, project, mergeRequest, merging);
    return true;
  }
  const targetSha = await headOf(deps.repositories, project, targetBranch);
  if (targetSha === undefined) return true;
  if (hasCommits(mergeRequest) && (await contains(deps, project, targetSha, sha))) {
    const mergeCommitSha = await findMergeCommit(deps, project, sha, targetSha);
    const byHand = { head: null, mergeCommitSha, squashCommitSha: null, removeSourceBranch: false, userId: user.id };
    return completeMerge(deps, project, mergeRequest, byHand, { onlyWithHead: sha });
  }
  const baseSha = await findBase(deps, project, sha, targetSha);
  const at = deps.clock.now();
  if (baseSha !== mergeRequest.baseSha) {
    const head = { sha, baseSha, startSha: targetSha };
    await deps.db.transaction().execute((tx) => updateHead(tx, mergeRequest, head, { needsPipeline: false, at }));
    return false;
  }
  // As GitLab: it cannot be merged without a rebase any more, which makes a new head.
  if (mergeRequest.autoMerge !== null && project.mergeMethod !== 'merge' && baseSha !== targetSha) {
    await endAutoMerge(deps.db, mergeRequest, { mergeError: 'target branch was updated', at });
  }
  return true;
};

const refreshSource = async (
  deps: ChangeDeps,
  subject: Subject,
  { id }: MergeRequest,
  update: RefUpdate,
): Promise<void> => {
  const { project, user, push } = subject;
  const moved = await followSource(deps, subject, id, update);
  if (moved?.state !== 'opened' || moved.pipelinedSha === moved.sha || push.viaJobToken || !hasCommits(moved)) return;
  await runMergeRequestPipeline(deps, project, moved, { user, onceForHead: true, pushOptions: push.pushOptions });
};

/** Moves the head to where the source branch is, and looks again where another push has moved it meanwhile. Answers the row. */
const followSource = async (
  deps: ChangeDeps,
  subject: Subject,
  id: MergeRequest['id'],
  update: RefUpdate,
): Promise<MergeRequest | undefined> => {
  const { project, user } = subject;
  let kept: string | undefined;
  for (;;) {
    const found = await findMergeRequest(deps.db, id);
    const mergeRequest = found && (await settleMerge(deps, project, found));
    if (mergeRequest === undefined) return undefined;
    const { state, sha: knownSha, sourceBranch, targetBranch, iid } = mergeRequest;
    const sha = state === 'opened' ? await headOf(deps.repositories, project, sourceBranch) : knownSha;
    if (sha === knownSha) {
      if (kept !== undefined && kept !== sha) await keepHead(deps, project, iid, sha);
      return mergeRequest;
    }
    if (sha === undefined) {
      await closeForMissingBranch(deps, user.id, mergeRequest);
      return undefined;
    }
    const startSha = (await headOf(deps.repositories, project, targetBranch)) ?? mergeRequest.startSha ?? sha;
    const head = { sha, baseSha: await findBase(deps, project, sha, startSha), startSha };
    await keepHead(deps, project, iid, sha);
    kept = sha;
    if (await moveHead(deps, subject, mergeRequest, head, update)) return findMergeRequest(deps.db, id);
  }
};

const moveHead = (
  deps: ChangeDeps,
  { user, push }: Subject,
  mergeRequest: MergeRequest,
  head: MergeHead,
  update: RefUpdate,
): Promise<boolean> => {
  const { id, projectId, sha: oldSha } = mergeRequest;
  return deps.db.transaction().execute(async (tx) => {
    const how = { needsPipeline: !push.viaJobToken, at: deps.clock.now() };
    if (!(await updateHead(tx, mergeRequest, head, how))) return false;
    const oldRev = update.old === NO_SHA ? oldSha : update.old;
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: user.id } as const;
    await deps.publish(tx, [{ ...fact, action: 'update', oldRev, changes: {} }]);
    return true;
  });
};
