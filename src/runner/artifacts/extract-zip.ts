import { createWriteStream } from 'node:fs';
import { chmod, lstat, lutimes, mkdir, realpath, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { isInside } from '../job/directories.ts';

/** The archive is broken, or wants to write outside the folder. */
export class UnsafeArchiveError extends Error {}

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const LONGEST_LINK = 4096;

/**
 * Unpacks into `folder`. Existing files are replaced, not written through; of duplicate names the last one wins; links
 * are made after all files, so that no file goes through a link of the archive; a parent that is a link out of the folder
 * ends the extraction. Set-uid bits are dropped.
 * @throws UnsafeArchiveError
 */
export const extractZip = async (archive: string, folder: string): Promise<number> => {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const zip = await open(archive);
  const links = new Map<string, { readonly to: string; readonly modified: Date }>();
  const folders: { readonly path: string; readonly mode: number; readonly modified: Date }[] = [];
  let count = 0;
  try {
    for await (const entry of entriesOf(zip)) {
      const path = safePath(entry.fileName);
      if (path === '') continue;
      const mode = unixMode(entry);
      const target = join(root, path);
      await ensureParent(root, target);
      count += 1;
      if (entry.fileName.endsWith('/')) {
        await makeFolder(target);
        links.delete(target);
        folders.push({ path: target, mode, modified: entry.getLastModDate() });
      } else if ((mode & FILE_TYPE) === SYMLINK) {
        links.set(target, { to: await readLink(zip, entry), modified: entry.getLastModDate() });
      } else {
        links.delete(target);
        await writeEntry(zip, entry, target, mode);
      }
    }
    for (const [path, { to, modified }] of links) {
      await ensureParent(root, path);
      await replace(path);
      await symlink(to, path);
      await lutimes(path, modified, modified);
    }
    for (const { path, mode, modified } of folders.reverse()) {
      // The owner keeps access, or the next entry and the next job could not get in.
      if ((mode & 0o777) !== 0) await chmod(path, (mode & 0o777) | 0o700).catch(() => {});
      // Times come last: a cache is written anew only when something is newer than it.
      await utimes(path, modified, modified).catch(() => {});
    }
    return count;
  } finally {
    zip.close();
  }
};

const open = (archive: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(new UnsafeArchiveError(`not a readable zip archive: ${error.message}`));
    });
  });

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (act: () => void) => (): void => {
        zip.removeListener('entry', onEntry);
        zip.removeListener('end', onEnd);
        zip.removeListener('error', onError);
        act();
      };
      const onEntry = (found: Entry): void => settle(() => resolve(found))();
      const onEnd = settle(() => resolve(undefined));
      const onError = (error: Error): void => settle(() => reject(new UnsafeArchiveError(error.message)))();
      zip.on('entry', onEntry);
      zip.on('end', onEnd);
      zip.on('error', onError);
      zip.readEntry();
    });
    if (entry === undefined) return;
    yield entry;
  }
}

/** The name as a relative path. yauzl refuses `..`, absolute names and drive letters already; this does not rely on it. */
const safePath = (name: string): string => {
  const parts = name.replaceAll('\\', '/').split('/');
  if (name.startsWith('/') || name.includes('\0') || parts.includes('..') || /^[A-Za-z]:\//.test(name)) {
    throw new UnsafeArchiveError(`the archive has an entry outside the project directory: ${JSON.stringify(name)}`);
  }
  return parts.filter((part) => part !== '' && part !== '.').join('/');
};

/** Upper half of the external attributes when the archive was made on Unix; else an ordinary file. */
const unixMode = (entry: Entry): number => {
  const mode = entry.externalFileAttributes >>> 16;
  return mode === 0 ? 0o100644 : mode;
};

/** Makes the folders above `target`; a link among them must stay inside. */
const ensureParent = async (root: string, target: string): Promise<void> => {
  const parent = dirname(target);
  if (parent === root) return;
  const known = await realpath(parent).catch(() => undefined);
  if (known === undefined) {
    await ensureParent(root, parent);
    const stats = await lstat(parent).catch(() => undefined);
    if (stats?.isDirectory() === true) return;
    await replace(parent);
    await mkdir(parent);
    return;
  }
  if (!isInside(root, known)) {
    throw new UnsafeArchiveError(`the archive has an entry below a link out of the project directory: ${parent}`);
  }
  const stats = await lstat(known);
  if (!stats.isDirectory()) {
    await replace(parent);
    await mkdir(parent);
  }
};

const makeFolder = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isDirectory() === true) return;
  await replace(path);
  await mkdir(path);
};

/** Removes what stands in the way: a file, a link (not its target), an empty folder. */
const replace = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isDirectory() === true) await rmdir(path);
  else if (stats !== undefined) await rm(path);
};

const openEntry = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(new UnsafeArchiveError(error.message));
    });
  });

const writeEntry = async (zip: ZipFile, entry: Entry, target: string, mode: number): Promise<void> => {
  await replace(target);
  const stream = await openEntry(zip, entry);
  await pipeline(stream, createWriteStream(target, { flags: 'wx', mode: 0o600 }));
  await chmod(target, mode & 0o777);
  const modified = entry.getLastModDate();
  await utimes(target, modified, modified);
};

const readLink = async (zip: ZipFile, entry: Entry): Promise<string> => {
  if (entry.uncompressedSize > LONGEST_LINK) throw new UnsafeArchiveError(`link target too long: ${entry.fileName}`);
  const chunks: Buffer[] = [];
  for await (const chunk of await openEntry(zip, entry)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};
