import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Environment } from './clean-environment.ts';
import type { JobProcesses } from './job-processes.ts';
import { createOutputPipe, type OutputPipe } from './output-pipe.ts';
import { stopProcesses } from './process-tree.ts';

export interface ScriptRun {
  /** The shell and its arguments; it reads the script on stdin. */
  readonly shell: readonly [string, ...string[]];
  readonly script: string;
  /** Working directory in which the shell starts; must exist. */
  readonly folder: string;
  /** A private folder for the pipe and the script's file; both are unlinked before the shell runs. */
  readonly scratch: string;
  readonly environment: Environment;
  readonly processes: JobProcesses;
  readonly onOutput: (bytes: Buffer) => void;
  /** Aborts: the whole tree is ended. */
  readonly stop: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
}

export type ScriptEnd =
  | {
      readonly kind: 'exited';
      readonly code: number /** Background processes were stopped. */;
      readonly hadRest: boolean;
    }
  | { readonly kind: 'killed'; readonly signal: string }
  /** By `stop`. `survivors` could not be killed. */
  | { readonly kind: 'stopped'; readonly survivors: number };

/** The shell could not be started at all. */
export class ShellError extends Error {}

const sleep = (milliseconds: number): Promise<void> => setTimeout(milliseconds, undefined, { ref: false });

/** After the shell's end, silence on a pipe that something still holds counts as the end of output. */
const QUIET_MS = 1000;
const LONGEST_DRAIN_MS = 10_000;

/**
 * Runs one script in a new shell, leader of its own session and group.
 * @throws ShellError when the shell cannot be started.
 */
export const runScript = async (run: ScriptRun): Promise<ScriptEnd> => {
  if (run.stop.aborted) return { kind: 'stopped', survivors: 0 };
  const pipe = await createOutputPipe(run.scratch);
  try {
    const { pid, exit } = startShell(run, pipe);
    run.processes.add(pid);
    pipe.read(run.onOutput);
    const stop = Promise.withResolvers<'stop'>();
    const onStop = (): void => stop.resolve('stop');
    run.stop.addEventListener('abort', onStop);
    if (run.stop.aborted) onStop();
    try {
      const first = await Promise.race([exit, stop.promise]);
      if (first === 'stop') {
        const survivors = await stopProcesses(run.processes.mark, run.grace);
        await Promise.race([pipe.ended, sleep(QUIET_MS)]);
        return { kind: 'stopped', survivors: survivors.length };
      }
      const hadRest = await drain(pipe, pid, run.stop);
      if (first.signal !== null) return { kind: 'killed', signal: first.signal };
      return { kind: 'exited', code: first.code ?? 0, hadRest };
    } finally {
      run.stop.removeEventListener('abort', onStop);
      run.processes.remove(pid);
    }
  } finally {
    pipe.close();
  }
};

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const startShell = (run: ScriptRun, pipe: OutputPipe): { readonly pid: number; readonly exit: Promise<Exit> } => {
  const path = join(run.scratch, `script-${randomUUID()}`);
  writeFileSync(path, run.script, { mode: 0o600, flag: 'wx' });
  const input = openSync(path, 'r');
  unlinkSync(path);
  try {
    const [command, ...args] = run.shell;
    const child = spawn(command, args, {
      cwd: run.folder,
      env: { ...run.environment },
      detached: true,
      stdio: [input, pipe.writer, pipe.writer],
    });
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
    });
    const exit = new Promise<Exit>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.pid === undefined) throw new ShellError(`cannot start ${command}: ${failure?.message ?? 'not found'}`);
    return { pid: child.pid, exit };
  } finally {
    closeSync(input);
    pipe.release();
  }
};

/**
 * Reads on until all writers are gone. A background process that keeps the pipe open would hold the job for ever (it
 * does with gitlab-runner): after a second of silence the rest of the group is ended. True when there was such a rest.
 */
const drain = async (pipe: OutputPipe, group: number, stop: AbortSignal): Promise<boolean> => {
  const began = performance.now();
  for (;;) {
    const state = await Promise.race([pipe.ended.then(() => 'ended' as const), sleep(50).then(() => 'open' as const)]);
    if (state === 'ended') return false;
    const now = performance.now();
    const quiet = now - Math.max(began, pipe.lastBytesAt());
    if (quiet < QUIET_MS && now - began < LONGEST_DRAIN_MS && !stop.aborted) continue;
    await stopProcesses({ groups: [group], environment: [] }, QUIET_MS);
    await Promise.race([pipe.ended, sleep(50)]);
    return true;
  }
};
