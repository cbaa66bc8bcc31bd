import { createInterface } from 'node:readline';
import type { BlobStore } from '../../../platform/blobs/index.ts';
import type { ZipEntry } from './entry.ts';
import { entryLine, isFolder, lineStart, parseEntryLine } from './entry.ts';

/**
 * The list of an archive's entries, kept as a blob beside it: a line of JSON each, in the archive's order. Made once at the
 * upload, read line by line.
 */

/** Bytes of list per blob that are written at a time. */
const PIECE = 64 * 1024;

/** The list as bytes, in pieces. */
export async function* writeList(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  let lines = '';
  for await (const entry of entries) {
    lines += entryLine(entry);
    if (lines.length < PIECE) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  yield Buffer.from(lines);
}

async function* readLines(blobs: BlobStore, listKey: string): AsyncGenerator<string> {
  const input = await blobs.open(listKey);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    yield* lines;
  } finally {
    lines.close();
    input.destroy();
  }
}

/** The file of exactly that path; the first, where a hostile archive has it twice. Folders are not found. */
export async function findEntry(blobs: BlobStore, listKey: string, path: string): Promise<ZipEntry | undefined> {
  const start = lineStart(path);
  for await (const line of readLines(blobs, listKey)) if (line.startsWith(start)) return parseEntryLine(line);
  return undefined;
}

/** A file or folder as the API lists it. Folders that only the paths of their files speak of are there too. */
export interface TreeNode {
  /** A folder's ends in a slash. */
  readonly path: string;
  /** Undefined for a folder that has no entry of its own. */
  readonly entry: ZipEntry | undefined;
}

/**
 * What lies in a folder of the archive (`''` = the top), or everything below it, sorted by path. Asked for a file: that
 * file. Undefined when there is no such path.
 */
export async function listTree(
  blobs: BlobStore,
  listKey: string,
  folder: string,
  recursive: boolean,
): Promise<readonly TreeNode[] | undefined> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const nodes = new Map<string, TreeNode>();
  let exists = folder === '';
  for await (const line of readLines(blobs, listKey)) {
    const entry = parseEntryLine(line);
    if (entry.path === folder) return [{ path: folder, entry }];
    if (!entry.path.startsWith(prefix)) continue;
    exists = true;
    for (const node of nodesBelow(prefix, entry, recursive)) {
      const known = nodes.get(node.path);
      if (known?.entry === undefined) nodes.set(node.path, node);
    }
  }
  if (!exists) return undefined;
  return [...nodes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The entry as seen from a folder: itself and the folders on the way to it, or only the first of them. */
function nodesBelow(prefix: string, entry: ZipEntry, recursive: boolean): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  const { path } = entry;
  const last = isFolder(entry) ? path.length - 1 : path.length;
  for (let slash = path.indexOf('/', prefix.length); slash >= 0 && slash < last; slash = path.indexOf('/', slash + 1)) {
    nodes.push({ path: path.slice(0, slash + 1), entry: undefined });
    if (!recursive) return nodes;
  }
  if (path.length > prefix.length) nodes.push({ path, entry });
  return nodes;
}
