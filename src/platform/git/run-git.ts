import { type ChildProcess, spawn } from 'node:child_process';
import { gitEnvironment } from './git-environment.ts';

/** Git ended with a code that was not expected. The text is git's own, without any of our secrets: none is ever given to it. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(subcommand: string, code: number | null, stderr: string) {
    super(`git ${subcommand} ended with ${code ?? 'a signal'}: ${stderr.trim().slice(0, 2000)}`);
    this.name = 'GitError';
    this.code = code;
    this.stderr = stderr;
  }
}

/** Git had more to say than somebody wanted to hear, and was stopped. */
export class TooMuchOutput extends GitError {}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunGitOptions {
  readonly input?: Uint8Array | string;
  /** Exit codes that are answers rather than failures; 0 always is. */
  readonly answers?: readonly number[];
  /** Bytes of output at which git is stopped. Default 256 MiB. */
  readonly maxBytes?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const MAX_STDERR = 64 * 1024;

/** Starts git on a repository. Never through a shell; every argument that comes from outside stands behind `--end-of-options` or `--`. */
export const spawnGit = (
  gitDir: string | undefined,
  args: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly settings?: readonly (readonly [string, string])[];
    /** Descriptor 3 becomes a socket (`child.stdio[3]`), which git's hooks inherit. */
    readonly socket?: boolean;
  } = {},
): ChildProcess =>
  spawn('git', [...args], {
    cwd: '/',
    env: { ...gitEnvironment(gitDir, options.settings), ...options.environment },
    stdio: options.socket === true ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });

/** Runs git to its end. Throws `GitError` for an exit code that is not 0 and not in `answers`, `TooMuchOutput`. */
export const runGit = (
  gitDir: string | undefined,
  args: readonly string[],
  options: RunGitOptions = {},
): Promise<GitResult> =>
  new Promise((resolve, reject) => {
    const child = spawnGit(gitDir, args, options.environment === undefined ? {} : { environment: options.environment });
    const subcommand = args[0] ?? '';
    const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_STDERR) stderr += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (size > maxBytes) reject(new TooMuchOutput(subcommand, code, `more than ${maxBytes} bytes of output`));
      else if (code !== null && (code === 0 || options.answers?.includes(code) === true)) {
        resolve({ code, stdout: Buffer.concat(chunks), stderr });
      } else reject(new GitError(subcommand, code, stderr));
    });
    // Git may end without reading all of it; how it ended says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
