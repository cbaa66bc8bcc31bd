import type { Clock } from '../../kit/clock.ts';
import { invalid } from '../../kit/errors.ts';
import {
  type Commit,
  findCommit,
  findCommitSha,
  isCreatableRefName,
  isSha,
  type NewObject,
  newCommit,
  RefConflict,
  TreeEditor,
  writeObjects,
  ZERO_SHA,
} from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import { applyFileAction, type FileAction } from './file-action.ts';
import { hasNotChangedSince } from './last-commit.ts';
import { type MoveRefsDeps, moveRefs } from './move-refs.ts';
import { type HasRepository, repositoryOf } from './repositories.ts';
import { findBranch, hasBranches } from './resolve-ref.ts';

export interface CommitFilesDeps extends MoveRefsDeps {
  readonly clock: Clock;
}

/** A commit to be made through the API. Rights have been checked. */
export interface CommitRequest {
  readonly branch: string;
  readonly message: string;
  readonly actions: readonly FileAction[];
  /** Where to begin; undefined: at the branch itself. */
  readonly start?: { readonly kind: 'branch' | 'sha'; readonly name: string };
  /** With `start`: an existing branch is set to the new commit, whatever it held. */
  readonly force: boolean;
  readonly authorName?: string;
  readonly authorEmail?: string;
  /** What is said when a file is not what `last_commit_id` says; the commits and the files API differ. */
  readonly changedText: (path: string) => string;
}

interface Base {
  /** The branch's head now; undefined when the commit makes the branch. */
  readonly head: string | undefined;
  /** What the new commit builds on; undefined in an empty repository. */
  readonly parent: Commit | undefined;
}

const NOT_ON_BRANCH = 'You can only create or edit files when you are on a branch';

/**
 * Makes one commit out of file actions and moves the branch to it, as a push: all of it or nothing. Throws 400 with
 * GitLab's texts, in GitLab's order: start, branch, changed files, each action.
 */
export const commitFiles = async (
  deps: CommitFilesDeps,
  project: HasRepository,
  user: User,
  request: CommitRequest,
): Promise<Commit> => {
  const repository = repositoryOf(deps, project);
  const { head, parent } = await findBase(deps, project, request);
  for (const action of request.actions) {
    if (action.kind === 'create' || action.lastCommitId === undefined || parent === undefined) continue;
    const path = action.kind === 'move' ? action.previousPath : action.path;
    if (!(await hasNotChangedSince(repository, parent.sha, path, action.lastCommitId))) {
      throw invalid(request.changedText(path));
    }
  }
  const editor = new TreeEditor(repository, parent?.treeSha);
  const blobs: NewObject[] = [];
  for (const action of request.actions) blobs.push(...(await applyFileAction(editor, action)));
  const { treeSha, objects } = editor.build();
  const at = deps.clock.now();
  const commit = newCommit({
    treeSha,
    parentShas: parent === undefined ? [] : [parent.sha],
    author: { name: request.authorName ?? user.name, email: request.authorEmail ?? user.email, at },
    committer: { name: user.name, email: user.email, at },
    message: request.message,
  });
  await writeObjects(repository, [...blobs, ...objects, commit]);
  await move(deps, project, user, { ref: `refs/heads/${request.branch}`, old: head ?? ZERO_SHA, new: commit.sha });
  const made = await findCommit(repository, commit.sha);
  if (made === undefined) throw new Error('the commit that was made is not there');
  return made;
};

const move = async (
  deps: CommitFilesDeps,
  project: HasRepository,
  user: User,
  update: { readonly ref: string; readonly old: string; readonly new: string },
): Promise<void> => {
  const push = { projectId: project.id, userId: user.id, pushOptions: [], viaJobToken: false };
  try {
    await moveRefs(deps, push, [update]);
  } catch (error) {
    if (!(error instanceof RefConflict)) throw error;
    throw invalid(`Could not update ${update.ref}. Please refresh and try again.`);
  }
};

const findBase = async (deps: CommitFilesDeps, project: HasRepository, request: CommitRequest): Promise<Base> => {
  const { branch, start, force } = request;
  const repository = repositoryOf(deps, project);
  const startSha = start?.kind === 'sha' ? await findStart(deps, project, start.name) : undefined;
  const isEmpty = !(await hasBranches(deps, project));
  const startBranch = start?.kind === 'branch' ? start.name : branch;
  const from = startSha ?? (await findBranch(deps, project, startBranch))?.sha;
  if (from === undefined && !isEmpty) throw invalid(NOT_ON_BRANCH);
  const isOther = startSha !== undefined || startBranch !== branch;
  const head = (await findBranch(deps, project, branch))?.sha;
  if (isOther && head !== undefined && !force) {
    throw invalid(`A branch called '${branch}' already exists. Switch to that branch in order to make changes`);
  }
  if ((isOther || isEmpty) && !isCreatableRefName(branch)) {
    throw invalid(`Something went wrong when we tried to create '${branch}' for you: Branch name is invalid`);
  }
  return { head, parent: from === undefined ? undefined : await findCommit(repository, from) };
};

const findStart = async (deps: CommitFilesDeps, project: HasRepository, sha: string): Promise<string> => {
  if (!isSha(sha)) throw invalid(`Invalid start_sha '${sha}'`);
  const found = await findCommitSha(repositoryOf(deps, project), sha);
  if (found === undefined) throw invalid(`Cannot find start_sha '${sha}'`);
  return found;
};
