import type { Commit } from '../repositories/index.ts';
import type { CommitFacts } from '../variables/index.ts';

/** What the `CI_COMMIT_*` variables say of a commit. `tagMessage`: of the annotated tag that the pipeline is for. */
export const commitFacts = (commit: Commit, tagMessage: string | undefined): CommitFacts => ({
  message: commit.message,
  authorName: commit.author.name,
  authorEmail: commit.author.email,
  // As GitLab writes this one: without fractions of a second.
  timestamp: commit.committer.date.replace(/\.\d+/, ''),
  ...(tagMessage !== undefined && { tagMessage }),
});
