/** A commit of a project: whose files a configuration names. */
export interface ConfigPlace {
  /** Full path as the project writes it. */
  readonly project: string;
  readonly sha: string;
}

/** A project by its path, for the pipeline's user. */
export interface ProjectQuestion {
  /** Full path in lower case. */
  readonly path: string;
  /** Branch, tag or sha; without one the head of the default branch. */
  readonly ref?: string;
  /** Whose right to read the code counts. `anybody`: what is open to everyone, signed in or not. */
  readonly as: 'pipeline_user' | 'anybody';
  /** Whether a path that the project had before it moved counts. */
  readonly followMoves: boolean;
}

export type ProjectAnswer =
  | { readonly kind: 'found'; readonly place: ConfigPlace }
  /** No such project, or none whose code may be read: one answer, so that nobody learns which. */
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown_ref' };

export interface FetchOptions {
  /** Seconds for which an earlier answer will do. */
  readonly freshFor?: number;
}

/** Why an address gave no text. */
export type FetchFailure =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'socket' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'http' };

export type FetchAnswer =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Digest of the bytes as they came, in base64. The compiler has the text only, and may not hash. */
      readonly sha256: string;
    }
  /** No request may go there (`Requests to the local network are not allowed`), or nobody answers there. */
  | { readonly kind: 'blocked'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly attempts: number;
      readonly reason: FetchFailure;
      /** More about it: a sentence without a full stop. */
      readonly detail?: string;
    };

export type TemplateAnswer =
  | { readonly kind: 'found'; readonly text: string }
  /** `names`: those that there are, with `.gitlab-ci.yml`. */
  | { readonly kind: 'unknown'; readonly names: readonly string[] };

export type ArtifactAnswer =
  | { readonly kind: 'found'; readonly text: string }
  /** The parent pipeline has no such job with artifacts. */
  | { readonly kind: 'no_artifacts' }
  /** The job's artifacts do not give the file; GitLab's sentence. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface FileTooBig {
  readonly kind: 'too_big';
}

/**
 * The only questions that the compiler asks the world. A rejected promise is an outage, never an answer; but for
 * `DeadlinePassed`, which any of them may reject with.
 */
export interface CompileHost {
  /** `https://host:port/root` without a slash at its end: where components and links to files are. */
  readonly serverUrl: string;
  /** The project and commit that the pipeline is for. */
  readonly home: ConfigPlace;
  /**
   * Text of a file, or undefined when there is none. `path` has no leading slash. `too_big`: more than 2 MiB, which no
   * host needs to read, as the compiler would refuse it.
   */
  readonly readLocalFile: (path: string, place: ConfigPlace) => Promise<string | FileTooBig | undefined>;
  /** Every file path at the commit (for `exists` and globs of `include:local`). */
  readonly listFiles: (place: ConfigPlace) => Promise<readonly string[]>;
  readonly findProject: (question: ProjectQuestion) => Promise<ProjectAnswer>;
  /** Names of all tags of a project that `findProject` has found. */
  readonly listTags: (place: ConfigPlace) => Promise<readonly string[]>;
  readonly fetchText: (url: string, options: FetchOptions) => Promise<FetchAnswer>;
  readonly readTemplate: (name: string) => Promise<TemplateAnswer>;
  /** Of the parent pipeline. Absent: the pipeline is nobody's child. */
  readonly readArtifact?: (job: string, path: string) => Promise<ArtifactAnswer>;
  /**
   * Paths changed by the pipeline's commits, or undefined when no diff is available (then `changes` holds).
   * With `compareTo`: against the merge base with that ref; `'invalid_ref'` when the ref does not exist.
   */
  readonly changedFiles: (compareTo?: string) => Promise<readonly string[] | 'invalid_ref' | undefined>;
  /** The ids that `cache:key` is made of, in the order of the questions; undefined where there is nothing. Asked once. */
  readonly identifyFiles: (questions: readonly FileQuestion[]) => Promise<readonly (string | undefined)[]>;
}

/**
 * `content`: the id of what lies at a path (a blob, or the tree of a folder). `last_commit`: the id of the newest commit
 * that changed what a git pathspec (`*.lock` in any folder) stands for. Paths have no leading slash.
 */
export interface FileQuestion {
  readonly id: 'content' | 'last_commit';
  readonly path: string;
}

/** The time for gathering a configuration is over. The host has the clock, so it says when. */
export class DeadlinePassed extends Error {
  constructor() {
    super('Request timed out when fetching configuration files.');
    this.name = 'DeadlinePassed';
  }
}
