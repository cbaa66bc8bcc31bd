import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from './errno.ts';

const POLL_MS = 3;

/** What the server writes into its folder's `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly ready: boolean;
}

/** The server that this cluster's pid file names; it may long be gone. */
export const readPostmaster = (cluster: string): Postmaster | undefined => {
  let text: string;
  try {
    text = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  // Lines: pid, data folder, start time, port, socket folder, listen address, shared memory key, status.
  const lines = text.split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid, socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
};

/** Whether some process has that pid. A zombie counts, so this says nothing about a server that has just been stopped. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
};

const runningFolder = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
};

const runningCommand = (pid: number): string => {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/**
 * Whether that pid is really the server of this cluster: after a power cut the pid file stays behind, and by now the
 * number may belong to anything. A server works inside its cluster's folder, which tells it from any other.
 */
export const isPostmasterOf = (cluster: string, pid: number): boolean => {
  const command = runningCommand(pid);
  if (!command.includes('postgres')) return false;
  const folder = runningFolder(pid);
  return folder === undefined ? command.includes(cluster) : folder === realpathSync(cluster);
};

/**
 * Waits until the server has taken its pid file away. Its pid says nothing: a child that nobody has waited for keeps it.
 * Returns false after `timeoutMs`.
 */
export const waitUntilGone = async (cluster: string, pid: number, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const state = readPostmaster(cluster);
    if (state === undefined || state.pid !== pid || !isPostmasterOf(cluster, pid)) return true;
    await sleep(POLL_MS);
  }
  return false;
};

/**
 * Stops a cluster's server: fast first (open transactions are rolled back, everything is written out), and when that
 * takes too long at once (the next start recovers).
 */
export const stopPostmaster = async (cluster: string, pid: number, timeoutMs = 30_000): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error;
    }
    if (await waitUntilGone(cluster, pid, timeoutMs)) return;
  }
};
