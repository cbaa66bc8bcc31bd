import { createReadStream, type Stats } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import yazl from 'yazl';
import type { SelectedFiles } from './select-files.ts';

/** fastest stores without compression, slowest compresses most (ARTIFACT_COMPRESSION_LEVEL, CACHE_COMPRESSION_LEVEL). */
const LEVELS: Readonly<Record<string, number>> = { fastest: 0, fast: 1, default: 6, slow: 7, slowest: 9 };

export const compressionLevel = (word: string): number => LEVELS[word] ?? 6;

/** Zip with Unix modes, folders as entries, links as links; sockets and devices are left out. Made while it is read. */
export const zipStream = (project: string, files: SelectedFiles, level: number): Readable => {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream;
  if (!(output instanceof Readable)) throw new TypeError('yazl no longer gives a Readable');
  zip.on('error', (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  const fill = async (): Promise<void> => {
    for (const [path, stats] of files) await addEntry(zip, project, path, stats, level);
    zip.end();
  };
  fill().catch((error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  return output;
};

const addEntry = async (
  zip: InstanceType<typeof yazl.ZipFile>,
  project: string,
  path: string,
  stats: Stats,
  level: number,
): Promise<void> => {
  const options = { mode: stats.mode, mtime: stats.mtime };
  if (stats.isDirectory()) {
    zip.addEmptyDirectory(path, options);
  } else if (stats.isSymbolicLink()) {
    const target = await readlink(join(project, path), { encoding: 'buffer' });
    zip.addBuffer(target, path, { ...options, compress: false });
  } else if (stats.isFile()) {
    zip.addFile(join(project, path), path, { ...options, compress: level > 0, compressionLevel: level });
  }
};

/** Text for a gzip header: Latin-1 without NUL; anything else is percent-encoded behind `e:`. */
const headerText = (text: string): string =>
  /^[\x20-\x24\x26-\x7e]*$/.test(text) ? text : `e:${encodeURIComponent(text)}`;

const gzipHeader = (path: string, stats: Stats): Buffer => {
  const fixed = Buffer.from([0x1f, 0x8b, 8, 0x18, 0, 0, 0, 0, 0, 255]);
  fixed.writeUInt32LE(Math.max(0, Math.floor(stats.mtimeMs / 1000)) >>> 0, 4);
  const texts = `${headerText(basename(path))}\0${headerText(path)}\0`;
  return Buffer.concat([fixed, Buffer.from(texts, 'latin1')]);
};

async function* gzipMember(project: string, path: string, stats: Stats, level: number): AsyncGenerator<Buffer> {
  yield gzipHeader(path, stats);
  let crc = 0;
  let size = 0;
  const source = createReadStream(join(project, path));
  const deflated = source
    .on('data', (chunk) => {
      crc = crc32(chunk, crc);
      size += chunk.length;
    })
    .on('error', (error) => deflated.destroy(error))
    .pipe(createDeflateRaw({ level: level === 0 ? 1 : level }));
  for await (const chunk of deflated) yield Buffer.from(chunk);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size >>> 0, 4);
  yield trailer;
}

async function* gzipMembers(project: string, files: SelectedFiles, level: number): AsyncGenerator<Buffer> {
  for (const [path, stats] of files) yield* gzipMember(project, path, stats, level);
}

/** One gzip member per file, in sorted order, each with its name, so that the server can take reports apart. */
export const gzipStream = (project: string, files: SelectedFiles, level: number): Readable =>
  Readable.from(gzipMembers(project, files, level));

export const rawStream = (project: string, path: string): Readable => createReadStream(join(project, path));
