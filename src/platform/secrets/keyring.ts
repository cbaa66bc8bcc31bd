import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const KEY_BYTES = 32;

/** The keys of PENSTOCK_SECRET_KEY_FILE by version (1 to 255). The newest seals; all of them open. */
export interface Keyring {
  readonly newest: number;
  readonly keys: ReadonlyMap<number, Uint8Array>;
}

/** The key file is there and cannot be used. Its text never quotes the file. */
export class BadKeyFile extends Error {
  constructor(path: string, reason: string) {
    super(`secret key file ${path}: ${reason}`);
    this.name = 'BadKeyFile';
  }
}

const LINE = /^(?:(\d{1,3}):)?(?:([0-9a-fA-F]{64})|([A-Za-z0-9+/_-]{43}=?))$/;

const parseLine = (line: string): readonly [number, Uint8Array] | undefined => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const version = Number(match[1] ?? '1');
  if (version < 1 || version > 255) return undefined;
  const key = match[2] === undefined ? Buffer.from(match[3] ?? '', 'base64') : Buffer.from(match[2], 'hex');
  return key.byteLength === KEY_BYTES ? [version, key] : undefined;
};

/**
 * Reads the text of a key file: one key a line, `<version>:<32 bytes in base64 or hex>`; without a version it is 1.
 * Blank lines and lines that begin with `#` count for nothing. Throws `BadKeyFile`.
 */
export const parseKeyring = (text: string, path: string): Keyring => {
  const keys = new Map<number, Uint8Array>();
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseLine(line);
    if (entry === undefined) {
      throw new BadKeyFile(path, `line ${index + 1} is not "<version>:<32 bytes in base64 or hex>"`);
    }
    if (keys.has(entry[0])) throw new BadKeyFile(path, `line ${index + 1} gives version ${entry[0]} a second time`);
    keys.set(...entry);
  }
  if (keys.size === 0) throw new BadKeyFile(path, 'it holds no key');
  return { keys, newest: Math.max(...keys.keys()) };
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/**
 * Reads the key file, or makes one (mode 0600) where there is none. Two servers that start at once end with the same
 * key: the complete file is linked into place, and whoever comes second reads the first one's.
 */
export const loadOrCreateKeyring = async (
  path: string,
): Promise<{ readonly keyring: Keyring; readonly created: boolean }> => {
  const present = await readIfThere(path);
  if (present !== undefined) return { keyring: parseKeyring(present, path), created: false };
  const text = `# Seals variables and trigger tokens. Without this file they cannot be read again: keep a copy.\n1:${randomBytes(KEY_BYTES).toString('base64')}\n`;
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeDurably(draft, text);
  let created = true;
  try {
    await link(draft, path);
    await syncFolder(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    created = false;
  } finally {
    await unlink(draft);
  }
  return { keyring: parseKeyring(await readFile(path, 'utf8'), path), created };
};
