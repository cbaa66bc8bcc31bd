import { spawn } from 'node:child_process';
import type { Environment } from '../process/clean-environment.ts';
import { stopProcesses } from '../process/process-tree.ts';

export interface GitEnd {
  /** -1 when git was killed by a signal. */
  readonly code: number;
  /** The last part of what git said, to tell an unreachable server from other failures. */
  readonly said: string;
  readonly stdout: Buffer;
}

const TAIL_CHARACTERS = 4096;
const GRACE_MS = 2000;

/**
 * The runner's own git. It gets the runner's cleaned environment and never the job's variables: `GIT_SSH_COMMAND`,
 * `LD_PRELOAD`, `GIT_CONFIG_*` or `PATH` of a job must not decide what runs with the job's credentials in reach.
 */
export class GitRunner {
  readonly #environment: Environment;
  readonly #stop: AbortSignal;
  readonly #onOutput: (bytes: Buffer) => void;

  constructor(environment: Environment, stop: AbortSignal, onOutput: (bytes: Buffer) => void) {
    this.#environment = environment;
    this.#stop = stop;
    this.#onOutput = onOutput;
  }

  /** Runs git and shows its output in the log. @throws the stop signal's reason, or Error when git cannot be started. */
  run(args: readonly string[], folder: string): Promise<GitEnd> {
    return this.#spawn(args, folder, true);
  }

  /** Runs git without showing its output. */
  ask(args: readonly string[], folder: string): Promise<GitEnd> {
    return this.#spawn(args, folder, false);
  }

  async #spawn(args: readonly string[], folder: string, isShown: boolean): Promise<GitEnd> {
    this.#stop.throwIfAborted();
    const child = spawn('git', args, {
      cwd: folder,
      env: { ...this.#environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const stdout: Buffer[] = [];
    const take = (bytes: Buffer): void => {
      said = (said + bytes.toString('utf8')).slice(-TAIL_CHARACTERS);
      if (isShown) this.#onOutput(bytes);
    };
    child.stdout.on('data', (bytes: Buffer) => (isShown ? take(bytes) : stdout.push(bytes)));
    child.stderr.on('data', take);
    const onStop = (): void => {
      if (child.pid !== undefined) void stopProcesses({ groups: [child.pid], environment: [] }, GRACE_MS);
    };
    this.#stop.addEventListener('abort', onStop);
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.on('error', (error) => reject(new Error(`cannot start git: ${error.message}`)));
        child.on('close', (exit) => resolve(exit ?? -1));
      });
      this.#stop.throwIfAborted();
      return { code, said, stdout: Buffer.concat(stdout) };
    } finally {
      this.#stop.removeEventListener('abort', onStop);
    }
  }
}
