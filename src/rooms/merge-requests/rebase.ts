import { conflict, forbidden } from '../../kit/errors.ts';
import {
  type Commit,
  findCommit,
  listCommitsBetween,
  mergeTrees,
  newCommit,
  RefConflict,
  type Repository,
  readCommits,
  writeObjects,
} from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { findProtectedRefs, mayForcePush, type Project } from '../projects/index.ts';
import { moveRefs, repositoryOf } from '../repositories/index.ts';
import { updateMergeError } from './change-store.ts';
import type { MergeDeps } from './deps.ts';
import { findBranches } from './git-view.ts';
import type { MergeRequest } from './merge-request.ts';

/** As many commits are put anew, one after the other. */
const MAX_COMMITS = 250;
const OFFSET = '+00:00';

/**
 * Puts the commits of the source branch (merges left out) on top of the target branch, and moves the source branch there as by a push.
 * Conflicts end it, and stand in `merge_error`. Throws 403 where the branch may not be rewritten, 409 when it moved meanwhile.
 */
export const rebase = async (
  deps: MergeDeps,
  project: Project,
  user: User,
  mergeRequest: MergeRequest,
  { skipCi }: { readonly skipCi: boolean },
): Promise<void> => {
  const { id, state, sourceBranch } = mergeRequest;
  const { sourceSha, targetSha } = await findBranches(deps, project, mergeRequest);
  if (sourceSha === undefined || state !== 'opened') throw forbidden('Source branch does not exist');
  if (targetSha === undefined) throw forbidden('Cannot push to source branch');
  if (!mayForcePush(await findProtectedRefs(deps.db, project.id), sourceBranch)) {
    throw forbidden('Source branch is protected from force push');
  }
  const repository = repositoryOf(deps.repositories, project);
  const head = await replay(repository, targetSha, sourceSha, { user, at: deps.clock.now() });
  if (head === undefined) {
    const error = 'Rebase failed: Rebase locally, resolve all conflicts, then push the branch.';
    return updateMergeError(deps.db, id, error);
  }
  if (head === sourceSha) return;
  const push = { projectId: project.id, userId: user.id, pushOptions: skipCi ? ['ci.skip'] : [], viaJobToken: false };
  try {
    await moveRefs({ ...deps.repositories, pushes: deps.pushes }, push, [
      { ref: `refs/heads/${sourceBranch}`, old: sourceSha, new: head },
    ]);
  } catch (error) {
    if (error instanceof RefConflict)
      throw conflict(
        'Failed to enqueue the rebase operation, possibly due to a long-lived transaction. Try again later.',
      );
    throw error;
  }
};

/** The new head; undefined for conflicts. */
const replay = async (
  repository: Repository,
  onto: string,
  head: string,
  by: { readonly user: User; readonly at: Date },
): Promise<string | undefined> => {
  const shas = await listCommitsBetween(repository, onto, head, { order: 'oldest', limit: MAX_COMMITS + 1 });
  if (shas.length > MAX_COMMITS) return undefined;
  let top = onto;
  for (const commit of await readCommits(repository, shas)) {
    if (commit.parentShas.length > 1) continue;
    if (commit.parentShas[0] === top) {
      top = commit.sha;
      continue;
    }
    const next = await pick(repository, commit, top, by);
    if (next === undefined) return undefined;
    top = next;
  }
  return top;
};

/**
 * What one commit changed, on top of another. Git merges with the merge base of the two; a commit that has the top's tree and the
 * picked one's parent makes that parent the base.
 */
const pick = async (
  repository: Repository,
  commit: Commit,
  top: string,
  { user, at }: { readonly user: User; readonly at: Date },
): Promise<string | undefined> => {
  const topCommit = await findCommit(repository, top);
  if (topCommit === undefined) return undefined;
  const committer = { name: user.name, email: user.email, at };
  const author = {
    name: commit.author.name,
    email: commit.author.email,
    at: new Date(commit.author.seconds * 1000),
    offset: commit.author.date.slice(-OFFSET.length).replace(':', ''),
  };
  const { message } = commit;
  const put = async (treeSha: string): Promise<string> => {
    const made = newCommit({ treeSha, parentShas: [top], author, committer, message });
    await writeObjects(repository, [made]);
    return made.sha;
  };
  const [parentSha] = commit.parentShas;
  const parent = parentSha === undefined ? undefined : await findCommit(repository, parentSha);
  // Somebody wanted it to change nothing.
  if (parent?.treeSha === commit.treeSha) return put(topCommit.treeSha);
  const standIn = newCommit({
    treeSha: topCommit.treeSha,
    parentShas: commit.parentShas,
    author,
    committer,
    message: 'rebase',
  });
  await writeObjects(repository, [standIn]);
  const merged = await mergeTrees(repository, standIn.sha, commit.sha);
  if (merged.kind !== 'merged') return undefined;
  // Nothing is left of it: the target has the change already.
  return merged.treeSha === topCommit.treeSha ? top : put(merged.treeSha);
};
