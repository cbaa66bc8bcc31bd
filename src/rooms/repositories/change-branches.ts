import { forbidden, invalid, notFound, PenstockError } from '../../kit/errors.ts';
import { findCommit, isCreatableRefName, listRefs, RefConflict, ZERO_SHA } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { isProtected, mayDeleteRef, mayPush, type Project, type ProtectedRefs, type Role } from '../projects/index.ts';
import { type MoveRefsDeps, moveRefs } from './move-refs.ts';
import type { RefUpdate } from './pushed.ts';
import { findCommit as findCommitOf } from './read-commit.ts';
import { repositoryOf } from './repositories.ts';
import { findBranch } from './resolve-ref.ts';

/** Who changes branches and tags through the API; they may push code to the project. */
export interface RefWriter {
  readonly user: User;
  readonly project: Project;
  readonly role: Role | undefined;
  readonly rules: ProtectedRefs;
}

/** Moves refs in the writer's name; a ref that somebody else moved meanwhile is 400. */
export const moveFor = async (deps: MoveRefsDeps, writer: RefWriter, updates: readonly RefUpdate[]): Promise<void> => {
  const push = { projectId: writer.project.id, userId: writer.user.id, pushOptions: [], viaJobToken: false };
  try {
    await moveRefs(deps, push, updates);
  } catch (error) {
    if (error instanceof RefConflict) {
      throw invalid(`Could not update ${updates.map(({ ref }) => ref).join(', ')}. Please refresh and try again.`);
    }
    throw error;
  }
};

/** Makes a branch at a branch, tag or sha. Throws 400 in GitLab's words. */
export const createBranch = async (deps: MoveRefsDeps, writer: RefWriter, name: string, from: string) => {
  const { project, rules } = writer;
  if (!isCreatableRefName(name)) throw invalid('Branch name is invalid');
  if ((await findBranch(deps, project, name)) !== undefined) throw invalid('Branch already exists');
  const commit = await findCommitOf(deps, project, from);
  if (commit === undefined) throw invalid(`Failed to create branch '${name}': invalid reference name '${from}'`);
  if (!mayPush(project, rules, writer, name, 'branch')) {
    throw invalid('You are not allowed to create protected branches on this project.');
  }
  await moveFor(deps, writer, [{ ref: `refs/heads/${name}`, old: ZERO_SHA, new: commit.sha }]);
  return commit;
};

/**
 * Deletes a branch. Throws 404 `404 Branch Not Found`, 400 for the default branch, 403 for a protected one without the right,
 * 412 when its commit is newer than `unmodifiedSince`.
 */
export const deleteBranch = async (
  deps: MoveRefsDeps,
  writer: RefWriter,
  name: string,
  unmodifiedSince: Date | undefined,
): Promise<void> => {
  const { project, rules } = writer;
  const branch = await findBranch(deps, project, name);
  const commit = branch === undefined ? undefined : await findCommit(repositoryOf(deps, project), branch.sha);
  if (branch === undefined || commit === undefined) throw notFound('Branch');
  if (unmodifiedSince !== undefined && commit.author.seconds * 1000 > unmodifiedSince.getTime()) {
    throw new PenstockError('precondition_failed', '412 Precondition Failed');
  }
  if (name === project.defaultBranch) throw invalid('The default branch of a project cannot be deleted.');
  if (!mayDeleteRef(project, rules, writer, name, 'branch', 'api')) throw forbidden();
  await moveFor(deps, writer, [{ ref: branch.fullRef, old: branch.sha, new: ZERO_SHA }]);
};

/** Deletes every branch whose commits are all in the default branch, but that one and protected ones. */
export const deleteMergedBranches = async (deps: MoveRefsDeps, writer: RefWriter): Promise<void> => {
  const { project, rules } = writer;
  const main = await findBranch(deps, project, project.defaultBranch);
  if (main === undefined) return;
  const merged = await listRefs(repositoryOf(deps, project), 'refs/heads/', { mergedInto: main.sha });
  const updates = merged
    .filter(({ fullRef }) => fullRef !== main.fullRef)
    .filter(({ fullRef }) => !isProtected(rules, fullRef.slice('refs/heads/'.length), 'branch'))
    .map(({ fullRef, targetSha }) => ({ ref: fullRef, old: targetSha, new: ZERO_SHA }));
  if (updates.length > 0) await moveFor(deps, writer, updates);
};
