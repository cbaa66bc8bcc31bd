import type { Commit } from '../repositories/index.ts';
import type { CommitFacts } from '../variables/index.ts';

/** What the `CI_COMMIT_*` variables say of a commit. */
export const commitFacts = (commit: Commit): CommitFacts => ({
  message: commit.message,
  authorName: commit.author.name,
  authorEmail: commit.author.email,
  timestamp: commit.committer.date,
});
