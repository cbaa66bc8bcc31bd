import { type Commit, titleOf } from '../../repositories/index.ts';
import { commitAuthor, commitMessage } from './commit-texts.ts';

/** Paths by what a commit did to them. */
export interface CommitChanges {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
}

/** A commit of payloads. Pure. `projectUrl`: `https://host/group/project`. */
export const commitBlock = (commit: Commit, projectUrl: string) => ({
  id: commit.sha,
  message: commitMessage(commit),
  title: titleOf(commit.message),
  // As GitLab writes it: without fractions of a second, in the offset that it was made with.
  timestamp: commit.committer.date.replace(/\.\d+/, ''),
  url: `${projectUrl}/-/commit/${commit.sha}`,
  author: commitAuthor(commit),
});

/** The same in pushes. */
export const pushedCommitBlock = (commit: Commit, changes: CommitChanges, projectUrl: string) => ({
  ...commitBlock(commit, projectUrl),
  added: [...changes.added],
  modified: [...changes.modified],
  removed: [...changes.removed],
});
