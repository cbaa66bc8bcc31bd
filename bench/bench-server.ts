import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');

export interface BenchServer {
  readonly url: string;
  readonly dataDir: string;
  readonly token: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to `listening on`. */
  readonly readyAfter: number;
  /** Ends the server, keeps its data. */
  readonly stop: () => Promise<void>;
}

export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
  await chmod(folder, 0o711);
  return folder;
}

export const removeDataDir = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** A server as a user starts it: embedded database and runner, a free port. */
export async function startBenchServer(
  dataDir: string,
  token = `glpat-${randomBytes(15).toString('base64url')}`,
): Promise<BenchServer> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      HOME: dataDir,
      PENSTOCK_PORT: '0',
      PENSTOCK_DATA: dataDir,
      PENSTOCK_ROOT_TOKEN: token,
      PENSTOCK_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /^listening on (\S+)$/m.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error('the server ended before it was ready')));
  });
  return {
    url,
    dataDir,
    token,
    pid: child.pid ?? 0,
    readyAfter: performance.now() - began,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
