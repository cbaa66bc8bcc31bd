import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunnerState } from '../../src/runner/runner-state.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface PenstockOptions {
  /** Undefined: the embedded database. */
  readonly databaseUrl?: string;
  readonly runner?: 'embedded' | 'off';
  readonly concurrency?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A whole `penstock serve` as a process of its own, with a data folder that is thrown away. It can be killed like a machine
 * that loses power, and started again on the same data and port.
 */
export class PenstockProcess {
  readonly dataDir: string;
  readonly rootToken = `glpat-${randomBytes(15).toString('base64url')}`;
  readonly #options: PenstockOptions;
  #port = 0;
  #child: ChildProcess | undefined;
  #errors = '';

  constructor(options: PenstockOptions = {}) {
    this.#options = options;
    const folder = mkdtempSync(join(tmpdir(), 'penstock-test-'));
    chmodSync(folder, 0o711);
    this.dataDir = folder;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get api(): string {
    return `${this.url}/api/v4`;
  }

  /** What the server has written to standard error so far. */
  get log(): string {
    return this.#errors;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const { databaseUrl, runner = 'embedded', concurrency = 4, environment = {} } = this.#options;
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.dataDir,
        PENSTOCK_HOST: '127.0.0.1',
        PENSTOCK_PORT: String(this.#port),
        PENSTOCK_DATA: this.dataDir,
        PENSTOCK_ROOT_TOKEN: this.rootToken,
        PENSTOCK_ROOT_PASSWORD: 'correct-horse-battery',
        PENSTOCK_RUNNER: runner,
        PENSTOCK_RUNNER_CONCURRENCY: String(concurrency),
        PENSTOCK_LOG_LEVEL: 'warn',
        ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    await until(() => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.#errors}`);
      return output.includes('listening on ');
    }, 'the server listens');
  }

  /** `kill -9` of the server alone; runner and database go on. Resolves when it is gone. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGTERM, and waiting for the end. */
  terminate(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** `kill -9` of the embedded runner alone. */
  async killRunner(): Promise<void> {
    const state = await readRunnerState(join(this.dataDir, 'runner'));
    if (state?.isAlive !== true) return;
    process.kill(state.pid, 'SIGKILL');
    await until(async () => (await readRunnerState(join(this.dataDir, 'runner')))?.isAlive !== true, 'runner gone');
  }

  /** Ends everything and removes the data. */
  async dispose(): Promise<void> {
    if (this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.terminate();
    }
    await this.killRunner();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
