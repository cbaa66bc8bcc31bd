import { createHash } from 'node:crypto';
import { invalid } from '../../kit/errors.ts';
import { type Commit, diffCommits } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { repositoryOf } from '../repositories/index.ts';
import type { CommitComment, DiffLine } from './commit-comment.ts';
import { insertCommitComment } from './commit-comment-store.ts';
import type { ChangeDeps } from './deps.ts';
import { findDiffLine } from './find-diff-line.ts';

/** What a first commit is compared with. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const MAX_BODY = 1_000_000;

export interface CommitCommentWish {
  readonly body: string;
  /** A line of what the commit changes: `line` is its place in the new file. */
  readonly on?: { readonly path: string; readonly line: number; readonly lineType: 'new' | 'old' } | undefined;
}

/** On the commit as a whole where it changes no such line, as in GitLab. Throws 400 for an empty text. */
export const commentOnCommit = async (
  deps: ChangeDeps,
  user: User,
  project: Project,
  commit: Commit,
  { body, on }: CommitCommentWish,
): Promise<CommitComment> => {
  checkBody(body);
  const diffLine = on === undefined ? null : await findLine(deps, project, commit, on);
  const { id: projectId } = project;
  return deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const comment = { projectId, sha: commit.sha, body, diffLine, authorId: user.id };
    const { id: noteId, ...made } = await insertCommitComment(tx, comment, now);
    await deps.publish(tx, [{ type: 'note_changed', projectId, noteId, userId: user.id, action: 'create' }]);
    return { id: noteId, ...made };
  });
};

const checkBody = (body: string): void => {
  const fault = body.trim() === '' ? "can't be blank" : `is too long (maximum is ${MAX_BODY} characters)`;
  if (body.trim() === '' || body.length > MAX_BODY) throw invalid(`Failed to save note {:note=>["${fault}"]}`);
};

const findLine = async (
  deps: ChangeDeps,
  project: Project,
  commit: Commit,
  { path, line, lineType }: NonNullable<CommitCommentWish['on']>,
): Promise<DiffLine | null> => {
  const { files } = await diffCommits(
    repositoryOf(deps.repositories, project),
    commit.parentShas[0] ?? EMPTY_TREE,
    commit.sha,
  );
  const [place] = files.flatMap(({ newPath, patch }) =>
    newPath === path ? (findDiffLine(patch, line, lineType) ?? []) : [],
  );
  if (place === undefined) return null;
  const lineCode = `${createHash('sha1').update(path).digest('hex')}_${place.old}_${place.new}`;
  return { path, line: lineType === 'new' ? place.new : place.old, lineType, lineCode };
};
