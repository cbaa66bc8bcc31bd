import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId } from './job/job-record.ts';
import { processStartTime } from './process/process-tree.ts';

/** Who works, or last worked, in a state folder. */
export interface RunnerState {
  readonly pid: number;
  readonly systemId: string;
  readonly url: string;
  readonly version: string;
  /** True while that very process lives (not another one with the same number). */
  readonly isAlive: boolean;
}

interface LockContent {
  readonly pid: number;
  readonly systemId: string;
  readonly url: string;
  readonly version: string;
  /** Clock ticks since boot; with `boot` it tells a process from a later one of the same number. */
  readonly started: number | undefined;
  readonly boot: string;
}

const LOCK = 'runner.lock';

const isAlive = (content: LockContent): boolean => {
  if (content.boot !== bootId()) return false;
  if (content.started !== undefined) return processStartTime(content.pid) === content.started;
  try {
    process.kill(content.pid, 0);
    return true;
  } catch {
    return false;
  }
};

const isLockContent = (value: unknown): value is LockContent =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'systemId' in value &&
  typeof value.systemId === 'string' &&
  'url' in value &&
  typeof value.url === 'string' &&
  'version' in value &&
  typeof value.version === 'string' &&
  'boot' in value &&
  typeof value.boot === 'string';

const findLock = async (path: string): Promise<LockContent | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isLockContent(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** For the server's supervisor: is a runner alive in this folder? Undefined when none ever was, or it ended in order. */
export const readRunnerState = async (stateDir: string): Promise<RunnerState | undefined> => {
  const content = await findLock(join(stateDir, LOCK));
  if (content === undefined) return undefined;
  const { pid, systemId, url, version } = content;
  return { pid, systemId, url, version, isAlive: isAlive(content) };
};

/** Another runner works in this folder. */
export class StateInUseError extends Error {
  readonly pid: number;

  constructor(stateDir: string, pid: number) {
    super(`another runner (process ${pid}) works in ${stateDir}`);
    this.pid = pid;
  }
}

/**
 * Takes the folder for this process. A lock of a dead process is moved aside, so that of two starters one wins.
 * @returns gives the folder back.
 * @throws StateInUseError
 */
export const lockRunnerState = async (
  stateDir: string,
  facts: Pick<LockContent, 'systemId' | 'url' | 'version'>,
): Promise<() => Promise<void>> => {
  await mkdir(stateDir, { recursive: true });
  const path = join(stateDir, LOCK);
  const own = join(stateDir, `${LOCK}.${process.pid}`);
  const content = { ...facts, pid: process.pid, started: processStartTime(process.pid), boot: bootId() };
  await writeFile(own, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(own, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = await findLock(path);
      if (holder !== undefined && isAlive(holder)) throw new StateInUseError(stateDir, holder.pid);
      await setAside(path, holder);
    }
  } finally {
    await rm(own, { force: true });
  }
};

/** Moves a dead lock away; puts it back when meanwhile somebody else had taken the folder. */
const setAside = async (path: string, dead: LockContent | undefined): Promise<void> => {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await findLock(aside);
  if (moved !== undefined && moved.pid !== dead?.pid && isAlive(moved)) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
};

/** The runner's identity in this folder: `s_` and 12 alphanumerics, made at the first start. */
export const systemIdOf = async (stateDir: string): Promise<string> => {
  await mkdir(stateDir, { recursive: true });
  const path = join(stateDir, '.runner_system_id');
  const known = await readFile(path, 'utf8').catch(() => '');
  if (/^[sr]_[A-Za-z0-9]{12}$/.test(known.trim())) return known.trim();
  const fresh = `s_${randomBytes(6).toString('hex')}`;
  await writeFile(path, `${fresh}\n`, { mode: 0o600 });
  return fresh;
};
