import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `keep-database.ts` says when its server is up. */
export interface KeptServer {
  readonly pid: number;
  readonly owned: boolean;
  readonly url: string;
}

const isKept = (value: unknown): value is KeptServer => typeof value === 'object' && value !== null && 'pid' in value;

/** Another process that keeps an embedded server. */
export interface DatabaseKeeper {
  readonly server: KeptServer;
  /** `kill -9`: the server stays behind. */
  readonly kill: () => Promise<void>;
  /** Ends it properly, and the server with it if it is its own. */
  readonly end: () => Promise<void>;
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/** Starts one; rejects with what it says went wrong. `uid`: whose process it is, when the tests run as root. */
export const startDatabaseKeeper = async (
  folder: string,
  options: { readonly shared?: boolean; readonly uid?: number } = {},
): Promise<DatabaseKeeper> => {
  const program = join(import.meta.dirname, 'keep-database.ts');
  const child = spawn(process.execPath, [program, folder, ...(options.shared === true ? ['shared'] : [])], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const said: unknown = JSON.parse(String(line));
  if (!isKept(said)) {
    await ended(child);
    throw new Error(String(line));
  }
  return {
    server: said,
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
    end: async () => {
      child.stdin.end();
      await ended(child);
    },
  };
};
