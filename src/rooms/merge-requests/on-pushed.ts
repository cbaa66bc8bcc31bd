import { findUserById, type User } from '../accounts/index.ts';
import { findProjectById, type Project } from '../projects/index.ts';
import { headOf, NO_SHA, type Pushed, type RefUpdate } from '../repositories/index.ts';
import { endAutoMerge, updateHead } from './change-store.ts';
import { closeForMissingBranch } from './close-for-missing-branch.ts';
import { completeMerge } from './complete-merge.ts';
import type { ChangeDeps } from './deps.ts';
import { contains, findBase, findMergeCommit, keepHead } from './git-view.ts';
import { listOpenOfBranches } from './list-store.ts';
import type { MergeRequest } from './merge-request.ts';
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

const refreshTarget = async (deps: ChangeDeps, subject: Subject, mergeRequest: MergeRequest): Promise<void> => {
  const { project, user } = subject;
  const { sha, merging, targetBranch } = mergeRequest;
  if (merging !== null && (await hasMoved(deps, project, merging))) {
    await completeMerge(deps, mergeRequest, merging);
    return;
  }
  const targetSha = await headOf(deps.repositories, project, targetBranch);
  if (targetSha === undefined) return;
  if (hasCommits(mergeRequest) && (await contains(deps, project, targetSha, sha))) {
    const mergeCommitSha = await findMergeCommit(deps, project, sha, targetSha);
    const byHand = { mergeCommitSha, squashCommitSha: null, removeSourceBranch: false };
    await completeMerge(deps, mergeRequest, { ...byHand, userId: user.id });
    return;
  }
  const baseSha = await findBase(deps, project, sha, targetSha);
  const now = deps.clock.now();
  if (baseSha !== mergeRequest.baseSha) {
    const how = { oldSha: sha, isNewHead: false, needsPipeline: false, at: now };
    const head = { sha, baseSha, startSha: targetSha };
    await deps.db.transaction().execute((tx) => updateHead(tx, mergeRequest.id, head, how));
  }
  // As GitLab: it cannot be merged without a rebase any more, which makes a new head.
  if (mergeRequest.autoMerge !== null && project.mergeMethod !== 'merge' && baseSha !== targetSha) {
    await endAutoMerge(deps.db, mergeRequest.id, { mergeError: 'target branch was updated', at: now });
  }
};

const refreshSource = async (
  deps: ChangeDeps,
  subject: Subject,
  known: MergeRequest,
  update: RefUpdate,
): Promise<void> => {
  const { project, user, push } = subject;
  const found = await findMergeRequest(deps.db, known.id);
  const mergeRequest = found && (await settleMerge(deps, project, found));
  if (mergeRequest?.state !== 'opened') return;
  const sha = await headOf(deps.repositories, project, mergeRequest.sourceBranch);
  if (sha === undefined) return closeForMissingBranch(deps, user.id, mergeRequest);
  if (sha !== mergeRequest.sha) {
    const targetSha = await headOf(deps.repositories, project, mergeRequest.targetBranch);
    const startSha = targetSha ?? mergeRequest.startSha ?? sha;
    const baseSha = await findBase(deps, project, sha, startSha);
    await keepHead(deps, project, mergeRequest.iid, sha);
    await moveHead(deps, subject, mergeRequest, { sha, baseSha, startSha }, update);
  }
  const moved = await findMergeRequest(deps.db, known.id);
  if (moved?.state !== 'opened' || moved.pipelinedSha === moved.sha || push.viaJobToken || !hasCommits(moved)) return;
  await runMergeRequestPipeline(deps, project, moved, { user, onceForHead: true, pushOptions: push.pushOptions });
};

const moveHead = async (
  deps: ChangeDeps,
  { user, push }: Subject,
  mergeRequest: MergeRequest,
  head: { readonly sha: string; readonly baseSha: string | null; readonly startSha: string },
  update: RefUpdate,
): Promise<void> => {
  const { id, projectId, sha: oldSha } = mergeRequest;
  await deps.db.transaction().execute(async (tx) => {
    const needsPipeline = !push.viaJobToken;
    const how = { oldSha, isNewHead: true, needsPipeline, at: deps.clock.now() };
    if (!(await updateHead(tx, id, head, how))) return;
    const oldRev = update.old === NO_SHA ? oldSha : update.old;
    const fact = { type: 'merge_request_changed', projectId, mergeRequestId: id, userId: user.id } as const;
    await deps.publish(tx, [{ ...fact, action: 'update', oldRev, changes: {} }]);
  });
};
