import {
  findMergeBase,
  isAncestor,
  listCommitsBetween,
  mergeTrees,
  updateRefsQuickly,
} from '../../platform/git/index.ts';
import type { Project } from '../projects/index.ts';
import { headOf, repositoryOf } from '../repositories/index.ts';
import { mergeRequestRef } from '../variables/index.ts';
import { updateChecked } from './change-store.ts';
import type { ReadDeps } from './deps.ts';
import type { MergeRequest } from './merge-request.ts';

/** What the two branches are now. */
export interface Branches {
  /** Undefined: the branch is gone. */
  readonly sourceSha: string | undefined;
  readonly targetSha: string | undefined;
}

export const findBranches = async (
  deps: ReadDeps,
  project: Project,
  { sourceBranch, targetBranch }: Pick<MergeRequest, 'sourceBranch' | 'targetBranch'>,
): Promise<Branches> => {
  const [sourceSha, targetSha] = await Promise.all(
    [sourceBranch, targetBranch].map((branch) => headOf(deps.repositories, project, branch)),
  );
  return { sourceSha, targetSha };
};

/** The merge base; null: no history in common. */
export const findBase = async (
  deps: ReadDeps,
  project: Project,
  sourceSha: string,
  targetSha: string,
): Promise<string | null> =>
  (await findMergeBase(repositoryOf(deps.repositories, project), targetSha, sourceSha)) ?? null;

export const contains = (deps: ReadDeps, project: Project, head: string, sha: string): Promise<boolean> =>
  isAncestor(repositoryOf(deps.repositories, project), sha, head);

/** Whether the merge would have conflicts. Asked of git once for each pair of heads, and then kept with the row. */
export const findConflicts = async (
  deps: ReadDeps,
  project: Project,
  mergeRequest: Pick<MergeRequest, 'id' | 'sha' | 'checked'>,
  targetSha: string,
): Promise<boolean> => {
  const { id, sha, checked } = mergeRequest;
  if (checked?.sha === sha && checked.targetSha === targetSha) return checked.hasConflicts;
  const merged = await mergeTrees(repositoryOf(deps.repositories, project), targetSha, sha);
  const hasConflicts = merged.kind !== 'merged';
  await updateChecked(deps.db, id, { sha, targetSha, hasConflicts });
  return hasConflicts;
};

/** The commit that brought `sha` into a branch: the oldest merge on the way, or the commit itself. */
export const findMergeCommit = async (deps: ReadDeps, project: Project, sha: string, head: string): Promise<string> => {
  const merges = await listCommitsBetween(repositoryOf(deps.repositories, project), sha, head, { mergesOnPath: true });
  return merges.at(-1) ?? sha;
};

/** Points `refs/merge-requests/:iid/head` to the head, so that it can be fetched also when the branch is gone. */
export const keepHead = (deps: ReadDeps, project: Project, iid: number, sha: string): Promise<void> =>
  updateRefsQuickly(repositoryOf(deps.repositories, project), [{ ref: mergeRequestRef(iid), new: sha }]);
