import {
  countCommitsBetween,
  mergeTrees,
  type NewObject,
  newCommit,
  readCommits,
  writeObjects,
} from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { findUserById } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { repositoryOf } from '../repositories/index.ts';
import type { ReadDeps } from './deps.ts';
import type { MergeOptions, MergeRequest, MergeUnderWay } from './merge-request.ts';

/** The commits of a merge are written; what the target branch is to be moved to. */
export type BuiltMerge =
  | { readonly kind: 'built'; readonly merge: Pick<MergeUnderWay, 'sha' | 'mergeCommitSha' | 'squashCommitSha'> }
  | { readonly kind: 'conflict' };

interface Wish {
  readonly project: Project;
  readonly user: User;
  readonly mergeRequest: MergeRequest;
  readonly options: MergeOptions;
  readonly targetSha: string;
}

/** GitLab's template for merge commits. */
export const defaultMergeMessage = (project: Project, { sourceBranch, targetBranch, title, iid }: MergeRequest) =>
  `Merge branch '${sourceBranch}' into '${targetBranch}'\n\n${title}\n\nSee merge request ${project.fullPath}!${iid}`;

/**
 * Squash commit and merge commit, as far as the project's method has them. By fast-forward the target must be an ancestor of
 * the source. Objects that no ref comes to lead to are garbage, so it does no harm to build a merge that is then given up.
 */
export const buildMerge = async (deps: ReadDeps, wish: Wish): Promise<BuiltMerge> => {
  const { project, mergeRequest, options, targetSha } = wish;
  const repository = repositoryOf(deps.repositories, project);
  const squash = options.squash ? await squashCommit(deps, wish) : undefined;
  const headSha = squash?.sha ?? mergeRequest.sha;
  if (squash !== undefined) await writeObjects(repository, [squash]);
  const squashCommitSha = squash?.sha ?? null;
  if (project.mergeMethod === 'ff') {
    return { kind: 'built', merge: { sha: headSha, mergeCommitSha: null, squashCommitSha } };
  }
  const merged = await mergeTrees(repository, targetSha, headSha);
  if (merged.kind !== 'merged') return { kind: 'conflict' };
  const who = signatureOf(wish.user, deps.clock.now());
  const commit = newCommit({
    treeSha: merged.treeSha,
    parentShas: [targetSha, headSha],
    author: who,
    committer: who,
    message: options.mergeCommitMessage ?? defaultMergeMessage(project, mergeRequest),
  });
  await writeObjects(repository, [commit]);
  return { kind: 'built', merge: { sha: commit.sha, mergeCommitSha: commit.sha, squashCommitSha } };
};

/** All commits as one on the merge base; undefined where there is only one, which is taken as it is. */
const squashCommit = async (
  deps: ReadDeps,
  { project, user, mergeRequest, options }: Wish,
): Promise<NewObject | undefined> => {
  const { sha, baseSha, authorId, title } = mergeRequest;
  if (baseSha === null) return undefined;
  const repository = repositoryOf(deps.repositories, project);
  const count = await countCommitsBetween(repository, baseSha, sha);
  if (count <= 1 && options.squashCommitMessage === null) return undefined;
  const [head] = await readCommits(repository, [sha]);
  if (head === undefined) return undefined;
  const author = authorId === null ? undefined : await findUserById(deps.db, authorId);
  const now = deps.clock.now();
  return newCommit({
    treeSha: head.treeSha,
    parentShas: [baseSha],
    author: signatureOf(author ?? user, now),
    committer: signatureOf(user, now),
    message: options.squashCommitMessage ?? title,
  });
};

const signatureOf = ({ name, email }: User, at: Date) => ({ name, email, at });
