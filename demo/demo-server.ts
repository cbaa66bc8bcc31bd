import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');

export interface DemoServer {
  readonly url: string;
  readonly rootToken: string;
  /** Ends the server and removes its data. */
  readonly stop: () => Promise<void>;
}

/** A real server on a free port, with a data folder that is thrown away (the database too, unless DATABASE_URL names one). */
export async function startDemoServer(): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-demo-'));
  await chmod(folder, 0o711);
  const rootToken = `glpat-${randomBytes(15).toString('base64url')}`;
  const server = spawn(process.execPath, [MAIN, 'serve'], {
    env: {
      ...process.env,
      PENSTOCK_HOST: '127.0.0.1',
      PENSTOCK_PORT: '0',
      PENSTOCK_DATA: join(folder, 'data'),
      PENSTOCK_ROOT_TOKEN: rootToken,
      PENSTOCK_RUNNER: 'embedded',
      PENSTOCK_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await untilListening(server.stdout, ended), rootToken, stop };
  } catch (error) {
    const log = await readFile(join(folder, 'data', 'postgres', 'postgres.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${log}`);
  }
}

function untilListening(output: NodeJS.ReadableStream, ended: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /^listening on (\S+)$/m.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => reject(new Error('the server ended before it was ready')));
  });
}
