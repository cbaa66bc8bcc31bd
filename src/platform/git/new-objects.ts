import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { ObjectType } from './object-process.ts';
import type { Repository } from './repository.ts';
import { runGit } from './run-git.ts';

/** An object that is not in a repository yet. */
export interface NewObject {
  readonly sha: string;
  readonly type: ObjectType;
  readonly content: Uint8Array;
}

const PACK_TYPES: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3, tag: 4 };

const compress = promisify(deflate);

/** Names an object by its content, as git does. */
export const newObject = (type: ObjectType, content: Uint8Array): NewObject => {
  const sha = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
  return { sha, type, content };
};

const packHeader = (type: number, size: number): Buffer => {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let byte = (type << 4) | (size % 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
  return Buffer.from(bytes);
};

const packOf = async (objects: readonly NewObject[]): Promise<Buffer> => {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts: Uint8Array[] = [head];
  for (const { type, content } of objects) {
    parts.push(packHeader(PACK_TYPES[type], content.length), await compress(content));
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
};

// As many loose objects are cheaper than one more pack; as large ones are not.
const MAX_LOOSE = 100;
const MAX_LOOSE_BYTES = 8 * 1024 * 1024;

/** Writes objects, all in one go. Without a ref that leads to them they are garbage, so a failure later does no harm. */
export const writeObjects = async (repository: Repository, objects: readonly NewObject[]): Promise<void> => {
  const unique = [...new Map(objects.map((object) => [object.sha, object])).values()];
  if (unique.length === 0) return;
  const pack = await packOf(unique);
  const loose = unique.length <= MAX_LOOSE && pack.length <= MAX_LOOSE_BYTES;
  const args = loose ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin'];
  await runGit(repository.path, args, { input: pack });
};
