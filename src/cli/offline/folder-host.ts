import { readFile } from 'node:fs/promises';
import type { TemplateFolder } from '../../app/template-folder.ts';
import type {
  CompileHost,
  ConfigPlace,
  FetchAnswer,
  FileQuestion,
  ProjectAnswer,
  ProjectQuestion,
  TemplateAnswer,
} from '../../ci-lang/index.ts';
import type { PipelineSource } from '../../wire/statuses.ts';
import { asAnswer, fetchText } from './fetch-text.ts';
import { findCommit } from './find-commit.ts';
import { findCheckout, type GitCheckout } from './git-checkout.ts';
import type { OfflineFacts } from './offline-facts.ts';
import { commitTree, type FileTree, workingTree } from './read-tree.ts';
import { runGit, runGitList } from './run-git.ts';

export interface FolderHostOptions {
  readonly root: string;
  readonly git: GitCheckout | undefined;
  readonly offline: OfflineFacts;
  /** Other projects: full path in lower case → folder. */
  readonly projects: ReadonlyMap<string, string>;
  /** Addresses: URL → file. */
  readonly remotes: ReadonlyMap<string, string>;
  /** Whether other addresses are fetched. */
  readonly mayFetch: boolean;
  /** What `changes` compares to; default: the commit before the last one. */
  readonly since: string | undefined;
}

/** Stands for the commit of files as they are in a folder now. */
const PRESENT = 'working tree';

/** Answers the compiler's questions from folders of this machine. Keeps the texts that it has read. */
export class FolderHost implements CompileHost {
  readonly serverUrl: string;
  readonly home: ConfigPlace;
  readonly #options: FolderHostOptions;
  readonly #trees = new Map<string, FileTree>();
  #templates: TemplateFolder | undefined;
  /** By place and path: for showing lines of them. */
  readonly #texts = new Map<string, string>();

  constructor(options: FolderHostOptions) {
    this.#options = options;
    this.serverUrl = options.offline.serverUrl;
    this.home = { project: options.offline.project, sha: options.git?.sha ?? PRESENT };
    this.#trees.set(keyOf(this.home), workingTree(options.root, options.git !== undefined));
  }

  /** A text that was read. */
  textOf(path: string, project: string = this.home.project): string | undefined {
    return this.#texts.get(`${project} ${path}`);
  }

  readonly readLocalFile = async (path: string, place: ConfigPlace): Promise<string | undefined> => {
    const text = await this.#trees.get(keyOf(place))?.readText(path);
    if (text !== undefined) this.#texts.set(`${place.project} ${path}`, text);
    return text;
  };

  readonly listFiles = async (place: ConfigPlace): Promise<readonly string[]> =>
    (await this.#trees.get(keyOf(place))?.listPaths()) ?? [];

  readonly findProject = async ({ path, ref }: ProjectQuestion): Promise<ProjectAnswer> => {
    const isOwn = path === this.home.project.toLowerCase();
    const folder = this.#options.projects.get(path) ?? (isOwn ? this.#options.root : undefined);
    if (folder === undefined) return { kind: 'not_found' };
    if (ref === undefined || ref === 'HEAD') return this.#found({ project: path, sha: PRESENT }, folder);
    const sha = await findCommit(folder, ref);
    if (sha !== undefined) return this.#found({ project: path, sha }, folder);
    // A folder that is no checkout has one version of its files: whatever is asked for.
    return findCheckout(folder) === undefined
      ? this.#found({ project: path, sha: PRESENT }, folder)
      : { kind: 'unknown_ref' };
  };

  #found(place: ConfigPlace, folder: string): ProjectAnswer {
    const tree =
      place.sha === PRESENT ? workingTree(folder, findCheckout(folder) !== undefined) : commitTree(folder, place.sha);
    this.#trees.set(keyOf(place), tree);
    return { kind: 'found', place };
  }

  readonly listTags = async ({ project }: ConfigPlace): Promise<readonly string[]> => {
    const folder = this.#options.projects.get(project);
    const tags = folder === undefined ? undefined : await runGit(folder, ['tag', '--list']);
    return tags?.split('\n').filter((name) => name !== '') ?? [];
  };

  readonly fetchText = async (url: string): Promise<FetchAnswer> => {
    const file = this.#options.remotes.get(url);
    if (file !== undefined) return asAnswer(await readFile(file));
    if (this.#options.mayFetch) return fetchText(url);
    return {
      kind: 'blocked',
      reason: 'this works offline: give the file with --remote <url>=<file>, or allow requests with --fetch',
    };
  };

  readonly readTemplate = async (name: string): Promise<TemplateAnswer> => {
    this.#templates ??= (await import('../../app/template-folder.ts')).builtInTemplates();
    return this.#templates.read(name);
  };

  readonly identifyFiles = async (questions: readonly FileQuestion[]): Promise<readonly (string | undefined)[]> => {
    const { git, root } = this.#options;
    return git === undefined
      ? questions.map(() => undefined)
      : Promise.all(questions.map((one) => identify(root, one)));
  };

  readonly changedFiles = async (compareTo?: string): Promise<readonly string[] | 'invalid_ref' | undefined> => {
    const { root, git, offline, since } = this.#options;
    if (git === undefined) return undefined;
    const source: PipelineSource = offline.facts.source;
    if (compareTo !== undefined) return (await changedSince(root, compareTo, true)) ?? 'invalid_ref';
    if (since !== undefined) return (await changedSince(root, since, true)) ?? 'invalid_ref';
    if (source === 'merge_request_event') return changedSince(root, offline.defaultBranch, true);
    if (source !== 'push' || offline.facts.tag) return undefined;
    return changedSince(root, 'HEAD~1', false);
  };
}

const identify = async (root: string, { id, path }: FileQuestion): Promise<string | undefined> => {
  const printed =
    id === 'content'
      ? await runGit(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `HEAD:${path}`])
      : await runGit(root, ['-c', 'core.quotePath=false', 'log', '-1', '--format=%H', '--', path], false);
  return printed?.trim() || undefined;
};

const keyOf = ({ project, sha }: ConfigPlace): string => `${project.toLowerCase()} ${sha}`;

/** Paths that differ from a commit, with what is not committed; undefined when there is no such commit. */
const changedSince = async (
  root: string,
  ref: string,
  fromMergeBase: boolean,
): Promise<readonly string[] | undefined> => {
  const commit = await findCommit(root, ref);
  if (commit === undefined) return undefined;
  const base = fromMergeBase ? (await runGit(root, ['merge-base', commit, 'HEAD']))?.trim() : commit;
  const [changed, added] = await Promise.all([
    runGitList(root, ['diff', '--name-only', '--no-renames', '-z', base ?? commit]),
    runGitList(root, ['ls-files', '-z', '--others', '--exclude-standard']),
  ]);
  return [...new Set([...(changed ?? []), ...(added ?? [])])];
};
