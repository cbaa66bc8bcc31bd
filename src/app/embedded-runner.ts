import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Db } from '../platform/postgres/index.ts';
import { digestOf } from '../platform/secrets/index.ts';
import {
  findEmbeddedRunner,
  findRunnerByDigest,
  insertRunner,
  newRunnerToken,
  updateRunnerToken,
} from '../rooms/runners/index.ts';
import { cleanEnvironment } from '../runner/process/clean-environment.ts';
import { readRunnerState } from '../runner/runner-state.ts';

export interface EmbeddedRunnerDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EmbeddedRunnerOptions {
  /** `<data>/runner`: state, token, address of the server, the runner's log. */
  readonly folder: string;
  /** The program's entry file, started again as `runner`. */
  readonly mainFile: string;
  /** Where the server listens. */
  readonly url: string;
  readonly concurrency: number;
}

/** Milliseconds between two looks whether the runner is alive. */
const LOOK_EVERY = 500;
/** Seconds without a server after which an embedded runner ends: its machine may have been given up. */
const ABANDON_AFTER = 900;

/**
 * Keeps the embedded runner alive: a process of its own, so that jobs outlive a server that dies or restarts. One that a
 * former server left running is taken over; one that died is started again and then reports the jobs it lost.
 */
export class EmbeddedRunner {
  readonly #deps: EmbeddedRunnerDeps;
  readonly #options: EmbeddedRunnerOptions;
  readonly #stopped = new AbortController();
  #watch: Promise<void> | undefined;

  constructor(deps: EmbeddedRunnerDeps, options: EmbeddedRunnerOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { folder, url } = this.#options;
    await mkdir(folder, { recursive: true });
    await writeWhole(this.#file('server-url'), `${url}\n`);
    await this.#ensureToken();
    this.#watch = this.#keepAlive();
  }

  /**
   * Stops watching. A runner without jobs is ended too; one with jobs goes on, finishes them and hands in their results
   * when a server is back.
   */
  async stop(hasJobs: boolean): Promise<void> {
    this.#stopped.abort();
    await this.#watch;
    if (!hasJobs) await this.#terminate();
  }

  /** Resolves when the runner of this folder, if there is one, has ended. */
  async #terminate(): Promise<void> {
    const state = await readRunnerState(this.#options.folder);
    if (state?.isAlive !== true) return;
    process.kill(state.pid, 'SIGTERM');
    while ((await readRunnerState(this.#options.folder))?.isAlive === true) await sleep(10);
  }

  #file(name: string): string {
    return join(this.#options.folder, name);
  }

  async #keepAlive(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#ensureAlive().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'the embedded runner could not be started');
      });
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
    }
  }

  async #ensureAlive(): Promise<void> {
    const { folder, mainFile, concurrency } = this.#options;
    const state = await readRunnerState(folder);
    if (state?.isAlive === true) return;
    const log = openSync(this.#file('runner.log'), 'a', 0o600);
    try {
      const child = spawn(
        process.execPath,
        [
          mainFile,
          'runner',
          '--url-file',
          this.#file('server-url'),
          '--token-file',
          this.#file('token'),
          '--state-dir',
          folder,
          '--concurrency',
          String(concurrency),
          '--name',
          'embedded',
          '--abandon-after',
          String(ABANDON_AFTER),
        ],
        // A session of its own: a Ctrl-C at the server's terminal, or its death, is not the runner's.
        // Not the server's environment: jobs run as the same user and could read its secrets from /proc.
        { detached: true, stdio: ['ignore', log, log], cwd: folder, env: cleanEnvironment(process.env, folder) },
      );
      const failed = new Promise<Error>((resolve) => child.once('error', resolve));
      child.unref();
      await Promise.race([this.#untilAlive(child.pid), failed.then((error) => Promise.reject(error))]);
    } finally {
      closeSync(log);
    }
  }

  /** Waits until the new process holds the folder (at most 10 s; then the next look tries again). */
  async #untilAlive(pid: number | undefined): Promise<void> {
    for (let tries = 0; tries < 500 && !this.#stopped.signal.aborted; tries += 1) {
      const state = await readRunnerState(this.#options.folder);
      if (state?.isAlive === true) return;
      await sleep(20);
    }
    if (this.#stopped.signal.aborted) return;
    this.#deps.log.warn({ pid }, 'the embedded runner has not come up yet');
  }

  /** The token is in a file that only the owner reads; the database has its digest. Either lost: a new one. */
  async #ensureToken(): Promise<void> {
    const { db, clock } = this.#deps;
    const path = this.#file('token');
    const known = existsSync(path) ? (await readFile(path, 'utf8')).trim() : '';
    if (known !== '' && (await findRunnerByDigest(db, digestOf(known))) !== undefined) return;
    // A runner that still lives would go on with the dead token.
    await this.#terminate();
    const token = newRunnerToken('instance_type');
    // The file first: a crash in between leaves a token that the next start replaces.
    await writeWhole(path, `${token}\n`);
    const runner = await findEmbeddedRunner(db);
    if (runner !== undefined) {
      await updateRunnerToken(db, runner.id, digestOf(token), clock.now());
      return;
    }
    await db.transaction().execute((tx) =>
      insertRunner(
        tx,
        {
          runnerType: 'instance_type',
          tokenDigest: digestOf(token),
          legacy: false,
          embedded: true,
          description: 'embedded',
          maintenanceNote: null,
          paused: false,
          locked: false,
          runUntagged: true,
          tagList: [],
          accessLevel: 'not_protected',
          maximumTimeout: null,
          creatorId: null,
          projectId: null,
          groupId: null,
        },
        clock.now(),
      ),
    );
  }
}

/** Never half a file, whoever reads it meanwhile. */
async function writeWhole(path: string, content: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  await writeFile(fresh, content, { mode: 0o600 });
  await rename(fresh, path);
}
