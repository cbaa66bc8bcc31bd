import { isFullRefName, isSha } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { GitError, spawnGit } from './run-git.ts';

/** One ref to move. `old` is what it must be now: 40 zeros for "not there", undefined for "whatever it is". `new`: zeros delete it. */
export interface RefChange {
  readonly ref: string;
  readonly old?: string;
  readonly new: string;
}

/** A ref was not what the caller believed (moved, created or deleted meanwhile), or its name clashes with another ref's. */
export class RefConflict extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`the refs could not be moved: ${reason}`);
    this.name = 'RefConflict';
    this.reason = reason;
  }
}

/**
 * Moves refs all together or not at all. Between locking them (their old values are checked by then) and moving them
 * `beforeCommit` is awaited: when it throws, or this process dies, git drops the locks and nothing moves.
 */
export const updateRefs = async (
  repository: Repository,
  changes: readonly RefChange[],
  beforeCommit: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  const lines = linesOf(changes);
  const child = spawnGit(repository.path, ['update-ref', '--no-deref', '--stdin']);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const answered = new Promise<void>((resolve) => {
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      if (stdout.includes('prepare: ok\n')) resolve();
    });
  });
  child.stdin?.write(`start\n${lines}prepare\n`);
  const early = await Promise.race([answered, ended]);
  if (early !== undefined) throw failure(early, stderr);
  try {
    await beforeCommit();
  } catch (error) {
    child.stdin?.end('abort\n');
    await ended;
    throw error;
  }
  child.stdin?.end('commit\n');
  const code = await ended;
  if (code !== 0) throw failure(code, stderr);
};

/** The same without a step in between, through a git process that is kept open: ten times as fast. */
export const updateRefsQuickly = async (repository: Repository, changes: readonly RefChange[]): Promise<void> => {
  const lines = linesOf(changes);
  const process = await repository.processes.refs(repository.path);
  try {
    await process.run(lines);
  } catch {
    // It only says that it failed, perhaps because of another transaction: this way it works, or says why.
    await updateRefs(repository, changes);
  }
};

/** Commands for `git update-ref --stdin`. Throws for what is no name of a ref or no sha: it would be read as another command. */
const linesOf = (changes: readonly RefChange[]): string =>
  changes
    .map(({ ref, old, new: to }) => {
      if (!isFullRefName(ref) || !isSha(to) || (old !== undefined && !isSha(old))) {
        throw new Error('not a valid change of a ref');
      }
      return `update ${ref} ${to}${old === undefined ? '' : ` ${old}`}\n`;
    })
    .join('');

const CONFLICT =
  /but expected|reference already exists|unable to resolve reference|reference is missing|'[^']*' exists; cannot create|there are still refs under|cannot process|File exists/;

const failure = (code: number | null, stderr: string): Error =>
  CONFLICT.test(stderr)
    ? new RefConflict(stderr.trim().replace(/^fatal: (?:prepare: |commit: )?/, ''))
    : new GitError('update-ref', code, stderr);
