import type { GitInfo } from '../../wire/runner-protocol.ts';
import type { Environment } from '../process/clean-environment.ts';

/** A repository's URL taken apart: `bare` is what may be stored, the rest is secret. */
export interface RepositoryUrl {
  readonly bare: string;
  /** `http://host:port/` of the server, undefined for file: and the like. */
  readonly server: string | undefined;
  readonly user: string;
  readonly password: string;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const takeApart = (repoUrl: GitInfo['repo_url']): RepositoryUrl => {
  let url: URL;
  try {
    url = new URL(repoUrl);
  } catch {
    return { bare: repoUrl, server: undefined, user: '', password: '' };
  }
  const user = decoded(url.username);
  const password = decoded(url.password);
  url.username = '';
  url.password = '';
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return { bare: url.toString(), server: isHttp ? `${url.origin}/` : undefined, user, password };
};

/** A value in git's config format. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const subsection = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** SSH spellings of this server that GIT_SUBMODULE_FORCE_HTTPS turns into its HTTP address. */
export interface SshNames {
  readonly host: string;
  readonly port: string;
}

const sshRewrites = (base: string, names: SshNames): readonly string[] => [
  `[url ${subsection(base)}]`,
  `\tinsteadOf = ${quoted(`git@${names.host}:`)}`,
  `\tinsteadOf = ${quoted(`ssh://git@${names.host}/`)}`,
  ...(names.port === '' ? [] : [`\tinsteadOf = ${quoted(`ssh://git@${names.host}:${names.port}/`)}`]),
];

/**
 * Global configuration of the runner's own git, in place of the user's `~/.gitconfig` (which jobs can write). The token
 * goes as a header and not in the URL, so that it stands in no process list.
 */
export const runnerGitConfig = (
  url: RepositoryUrl,
  ssh: SshNames | undefined,
  correlationId: string | undefined,
): string => {
  const lines = [
    '[init]',
    '\tdefaultBranch = none',
    '[fetch]',
    '\trecurseSubmodules = false',
    '[credential]',
    '\tinteractive = never',
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[advice]',
    '\tdetachedHead = false',
    '[safe]',
    '\tdirectory = *',
  ];
  if (url.server !== undefined) {
    lines.push(`[http ${subsection(url.server)}]`);
    if (correlationId !== undefined && /^[\w.-]+$/.test(correlationId)) {
      lines.push(`\textraHeader = X-Gitaly-Correlation-ID: ${correlationId}`);
    }
    if (url.user !== '' || url.password !== '') {
      const basic = Buffer.from(`${url.user}:${url.password}`).toString('base64');
      lines.push(`\textraHeader = ${quoted(`Authorization: Basic ${basic}`)}`);
    }
    if (ssh !== undefined) lines.push(...sshRewrites(url.server, ssh));
  }
  return `${lines.join('\n')}\n`;
};

/**
 * What the job's own git commands get through an include: the token by rewriting the server's address. It lies in the
 * job's temporary folder and goes with it; `.git/config` itself never holds a token.
 */
export const jobGitConfig = (url: RepositoryUrl): string => {
  const lines = ['[fetch]', '\trecurseSubmodules = false', '[credential]', '\tinteractive = never'];
  if (url.server !== undefined && url.password !== '') {
    const secret = new URL(url.server);
    secret.username = encodeURIComponent(url.user);
    secret.password = encodeURIComponent(url.password);
    lines.push(`[url ${subsection(secret.toString())}]`, `\tinsteadOf = ${quoted(url.server)}`);
  }
  return `${lines.join('\n')}\n`;
};

/** Goes to the end of a fresh `.git/config`. */
export const originConfig = (bareUrl: string): string =>
  `[remote "origin"]\n\turl = ${quoted(bareUrl)}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;

export const includeConfig = (path: string): string => `[include]\n\tpath = ${quoted(path)}\n`;

/** Environment of the runner's git. Hooks and file-system monitors that a job left in the checkout do not run. */
export const gitEnvironment = (clean: Environment, globalConfig: string): Environment => ({
  ...clean,
  GIT_CONFIG_GLOBAL: globalConfig,
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.hooksPath',
  GIT_CONFIG_VALUE_0: '/dev/null',
  GIT_CONFIG_KEY_1: 'core.fsmonitor',
  GIT_CONFIG_VALUE_1: 'false',
  GIT_TERMINAL_PROMPT: '0',
  GCM_INTERACTIVE: 'Never',
  // Large files come by an explicit `git lfs pull` after the checkout.
  GIT_LFS_SKIP_SMUDGE: '1',
});
