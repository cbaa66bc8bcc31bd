/** Who did something in a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 with milliseconds and the offset it was made with: `2012-05-28T04:42:42.000-07:00`. */
  readonly date: string;
  /** The same moment, in whole seconds since 1970. */
  readonly seconds: number;
}

/** A commit as git stores it. */
export interface Commit {
  /** 40 hexadecimal digits. */
  readonly sha: string;
  readonly treeSha: string;
  readonly parentShas: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  /** The whole message, its last line break included when there is one. */
  readonly message: string;
}
