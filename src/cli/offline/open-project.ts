import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../../app/config-error.ts';
import type { CompileInput, Variable } from '../../ci-lang/index.ts';
import { PIPELINE_SOURCES } from '../../wire/statuses.ts';
import type { Terminal } from '../terminal.ts';
import { findCommit } from './find-commit.ts';
import { FolderHost } from './folder-host.ts';
import { findCheckout, type GitCheckout } from './git-checkout.ts';
import { offlineFacts } from './offline-facts.ts';
import { type OfflineFlags, pairsOf } from './offline-options.ts';
import { readConfigurationFile } from './read-configuration.ts';
import { runGit } from './run-git.ts';

/** A configuration file on this machine with everything that it could be compiled with. */
export interface OfflineProject {
  readonly input: Omit<CompileInput, 'purpose'>;
  readonly host: FolderHost;
  /** What a message calls a file: a path from the present folder, where there is such a file. */
  readonly nameOf: (file: string) => string;
  readonly textOf: (file: string) => string | undefined;
}

export const DEFAULT_FILE = '.gitlab-ci.yml';

/** Throws ConfigError for what cannot be read. `file`: a path, or `-` for the input of the process. */
export const openProject = async (
  file: string,
  flags: OfflineFlags,
  terminal: Terminal,
  wanted: { readonly commit: boolean },
): Promise<OfflineProject> => {
  const isInput = file === '-';
  const place = resolve(terminal.folder, isInput ? DEFAULT_FILE : file);
  const content = isInput ? await terminal.readInput() : readConfigurationFile(place, file);
  const git = findCheckout(dirname(place));
  const root = git?.root ?? dirname(place);
  const path = relative(root, place).split(sep).join('/');
  await checkSince(git, flags);
  const source = PIPELINE_SOURCES.find((name) => name === flags.source) ?? 'push';
  const offline = offlineFacts(root, git, { ref: flags.ref, source, server: serverOf(flags), path });
  const host = new FolderHost({
    root,
    git,
    offline,
    projects: new Map(
      pairsOf('--project', flags.project).map(([name, folder]) => [name.toLowerCase(), folderAt(folder, terminal)]),
    ),
    remotes: new Map(pairsOf('--remote', flags.remote).map(([url, target]) => [url, fileAt(target, terminal)])),
    mayFetch: flags.fetch === true,
    since: flags.since,
  });
  const ofCommit = wanted.commit && git !== undefined ? await commitVariables(git) : [];
  const variables = variablesOf([...offline.predefined, ...ofCommit], flags);
  const inputs = Object.fromEntries(pairsOf('--input', flags.input));
  return {
    input: { content, path, unnamed: true, facts: offline.facts, variables, inputs },
    host,
    nameOf: (name) => shownName(name, root, terminal.folder, isInput ? path : undefined),
    textOf: (name) => (name === path ? content : textOf(host, name)),
  };
};

const serverOf = ({ server }: OfflineFlags): string | undefined => {
  if (server === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? '')) {
    throw new ConfigError(`--server must be an address that begins with http:// or https://, not "${server}"`);
  }
  return server.replace(/\/+$/, '');
};

/** Without git there is no diff to make. */
const checkSince = async (git: GitCheckout | undefined, { since }: OfflineFlags): Promise<void> => {
  if (since === undefined || git === undefined) return;
  if ((await findCommit(git.root, since)) === undefined) {
    throw new ConfigError(`--since: there is no commit, branch or tag "${since}" in ${git.root}`);
  }
};

const folderAt = (path: string, terminal: Terminal): string => {
  const found = placeAt('--project', path, terminal);
  if (!statSync(found).isDirectory()) throw new ConfigError(`--project: ${path} is a file, not a folder`);
  return found;
};

const fileAt = (path: string, terminal: Terminal): string => {
  const found = placeAt('--remote', path, terminal);
  if (statSync(found).isDirectory()) throw new ConfigError(`--remote: ${path} is a folder, not a file`);
  return found;
};

const placeAt = (option: string, path: string, terminal: Terminal): string => {
  const found = resolve(terminal.folder, path);
  if (!existsSync(found)) throw new ConfigError(`${option}: ${path} is not there`);
  return found;
};

/** The file that came through the input has no name. */
const shownName = (name: string, root: string, folder: string, input: string | undefined): string => {
  if (name === input) return '(input)';
  const file = resolve(root, name);
  return existsSync(file) ? relative(folder, file) || basename(file) : name;
};

/** `path@group/project:ref` names a file of another project. */
const textOf = (host: FolderHost, name: string): string | undefined => {
  const [, path, project] = /^(.+?)@([^@:]+)(?::.*)?$/.exec(name) ?? [];
  return host.textOf(name) ?? (path === undefined ? undefined : host.textOf(path, project));
};

const variablesOf = (predefined: readonly Variable[], flags: OfflineFlags): CompileInput['variables'] => {
  const own = pairsOf('--variable', flags.variable).map(([key, value]) => ({ key, value, public: true }));
  const scope = { below: predefined, above: own };
  const of = (values: Readonly<Record<string, string>>): readonly Variable[] =>
    Object.entries(values).map(([key, value]) => ({ key, value, public: true }));
  return {
    pipeline: scope,
    forJob: ({ name, stage }) => ({
      below: [...of({ CI_JOB_NAME: name, CI_JOB_STAGE: stage }), ...scope.below],
      above: own,
    }),
  };
};

/** What only git can say of the commit. */
const commitVariables = async ({ root }: GitCheckout): Promise<readonly Variable[]> => {
  const printed = await runGit(root, ['log', '-1', '--format=%aI%n%an <%ae>%n%B']);
  if (printed === undefined) return [];
  const [timestamp = '', author = '', ...lines] = printed.replace(/\n$/, '').split('\n');
  const [title = '', ...description] = lines;
  const values = {
    CI_COMMIT_TIMESTAMP: timestamp,
    CI_COMMIT_AUTHOR: author,
    CI_COMMIT_MESSAGE: lines.join('\n'),
    CI_COMMIT_TITLE: title,
    CI_COMMIT_DESCRIPTION: description.join('\n'),
  };
  return Object.entries(values).map(([key, value]) => ({ key, value, public: true }));
};
