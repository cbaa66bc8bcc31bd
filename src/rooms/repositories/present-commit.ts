import { type Commit, type CommitStats, trailersOf } from '../../platform/git/index.ts';

/** A commit as every API answer shows it. Dates keep the offset they were made with. */
export interface PresentedCommit {
  readonly id: string;
  readonly short_id: string;
  readonly created_at: string;
  readonly parent_ids: readonly string[];
  readonly title: string;
  readonly message: string;
  readonly author_name: string;
  readonly author_email: string;
  readonly authored_date: string;
  readonly committer_name: string;
  readonly committer_email: string;
  readonly committed_date: string;
  readonly trailers: Readonly<Record<string, string>>;
  readonly extended_trailers: Readonly<Record<string, readonly string[]>>;
  readonly web_url: string;
}

/** The title's limits: from 100 characters on GitLab cuts it at a blank before the 81st. */
const LONG_TITLE = 100;
const CUT_TITLE = 80;

/** The first line of a message, shortened. */
export const titleOf = (message: string): string => {
  if (message.trim() === '') return 'No commit message';
  const [line = ''] = message.split(/[\r\n]/, 1);
  // None takes more than two places of a text, which may be endless.
  const characters = Array.from(line.slice(0, 2 * LONG_TITLE));
  if (characters.length < LONG_TITLE) return line;
  const blank = characters.lastIndexOf(' ', CUT_TITLE);
  return `${characters.slice(0, blank > 0 ? blank : CUT_TITLE).join('')}…`;
};

/** `projectUrl`: `https://host/group/project`. */
export const presentCommit = (commit: Commit, projectUrl: string): PresentedCommit => {
  const trailers = [...trailersOf(commit.message)];
  return {
    id: commit.sha,
    short_id: commit.sha.slice(0, 8),
    created_at: commit.committer.date,
    parent_ids: commit.parentShas,
    title: titleOf(commit.message),
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: commit.author.date,
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: commit.committer.date,
    trailers: Object.fromEntries(trailers.map(([key, values]) => [key, values.at(-1) ?? ''])),
    extended_trailers: Object.fromEntries(trailers),
    web_url: `${projectUrl}/-/commit/${commit.sha}`,
  };
};

/** `stats` of a commit. */
export const presentStats = ({ additions, deletions }: CommitStats) => ({
  additions,
  deletions,
  total: additions + deletions,
});
