import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to recognise a job's processes, also those that left the group (setsid) or lost their parent (daemons). */
export interface ProcessMark {
  /** Process groups that the runner made. */
  readonly groups: readonly number[];
  /** `KEY=value` entries that, all together, only this job's processes have in their environment. */
  readonly environment: readonly string[];
  /**
   * A process without a terminal that works in this folder and is not older than `since` (clock ticks since boot) is
   * the job's too, even with an emptied environment. A person's shell there has a terminal; a daemon that an earlier
   * job left behind on purpose is older.
   */
  readonly folder?: { readonly path: string; readonly since: number };
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly terminal: number;
  /** Clock ticks since boot. */
  readonly started: number;
}

/** Reads `/proc/<pid>/stat`; undefined for a process that is gone or a zombie, or where there is no /proc. */
const readRow = (pid: number): ProcessRow | undefined => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name, in parentheses, may itself hold blanks and parentheses.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  const [parent, group, session, terminal] = fields.map(Number);
  return {
    pid,
    parent: parent ?? 0,
    group: group ?? 0,
    session: session ?? 0,
    terminal: terminal ?? 0,
    started: Number(fields[18]),
  };
};

/** The moment a process began, in clock ticks since boot (with the pid it names a process for good). Linux only. */
export const processStartTime = (pid: number): number | undefined => readRow(pid)?.started;

const listRows = (): ProcessRow[] => {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readRow(Number(name)) ?? []);
};

const hasEnvironment = (pid: number, entries: readonly string[]): boolean => {
  if (entries.length === 0) return false;
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`;
    return entries.every((entry) => environment.includes(`\0${entry}\0`));
  } catch {
    return false;
  }
};

const worksIn = (row: ProcessRow, folder: ProcessMark['folder']): boolean => {
  if (folder === undefined || row.terminal !== 0 || row.started < folder.since) return false;
  try {
    const path = readlinkSync(`/proc/${row.pid}/cwd`);
    return path === folder.path || path.startsWith(`${folder.path}/`);
  } catch {
    return false;
  }
};

/** The runner itself and everything above it: never to be touched. */
const ownLine = (rows: readonly ProcessRow[]): Set<number> => {
  const parents = new Map(rows.map((row) => [row.pid, row.parent]));
  const line = new Set([1]);
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 1 && !line.has(pid); ) {
    line.add(pid);
    pid = parents.get(pid);
  }
  return line;
};

/** @param known processes that were found before: they stay the job's also after their parent has gone. */
const findRows = (mark: ProcessMark, known: ReadonlyMap<number, number> = new Map()): readonly ProcessRow[] => {
  const rows = listRows();
  const spared = ownLine(rows);
  const groups = new Set(mark.groups);
  const found = new Map<number, ProcessRow>();
  for (const row of rows) {
    if (spared.has(row.pid)) continue;
    const isMarked = groups.has(row.group) || groups.has(row.session) || hasEnvironment(row.pid, mark.environment);
    const isKnown = known.get(row.pid) === row.started;
    if (isKnown || isMarked || worksIn(row, mark.folder)) found.set(row.pid, row);
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const row of rows) if (found.has(row.parent) && !spared.has(row.pid)) found.set(row.pid, row);
  }
  return [...found.values()];
};

/** Living processes of a job: by group, session, environment, folder, and all their descendants. Linux only (else none). */
export const findProcesses = (mark: ProcessMark): readonly number[] => findRows(mark).map((row) => row.pid);

const signal = (target: number, name: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(target, name);
    return true;
  } catch {
    return false;
  }
};

/** Group kill also where there is no /proc; true while any group still has a member. */
const signalGroups = (groups: readonly number[], name: NodeJS.Signals | 0): boolean =>
  groups.map((group) => signal(-group, name)).includes(true);

const LONGEST_KILL_MS = 10_000;

/**
 * Ends a job's whole tree: SIGTERM to all, and after `grace` milliseconds SIGKILL until nothing is left (a process that
 * keeps making children included). Returns the pids that could not be killed within 10 s (uninterruptible sleep).
 */
export const stopProcesses = async (mark: ProcessMark, grace: number): Promise<readonly number[]> => {
  const began = performance.now();
  const told = new Map<number, number>();
  for (let pause = 5; ; pause = Math.min(100, pause * 2)) {
    // Looked up before the first signal: when a parent dies its children no longer show whose they were.
    const alive = findRows(mark, told);
    if (pause === 5) signalGroups(mark.groups, 'SIGTERM');
    const isGroupAlive = process.platform !== 'linux' && signalGroups(mark.groups, 0);
    if (alive.length === 0 && !isGroupAlive) return [];
    const elapsed = performance.now() - began;
    if (elapsed > grace + LONGEST_KILL_MS) return alive.map((row) => row.pid);
    if (elapsed >= grace) signalGroups(mark.groups, 'SIGKILL');
    for (const { pid, group, started } of alive) {
      if (elapsed >= grace) signal(pid, 'SIGKILL');
      else if (!told.has(pid) && !mark.groups.includes(group)) signal(pid, 'SIGTERM');
      told.set(pid, started);
    }
    await sleep(Math.max(1, Math.min(pause, elapsed < grace ? grace - elapsed : pause)));
  }
};
