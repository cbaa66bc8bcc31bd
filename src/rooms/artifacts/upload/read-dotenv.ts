import { buffer } from 'node:stream/consumers';
import { invalid } from '../../../kit/errors.ts';
import type { BlobStore, StoredBlob } from '../../../platform/blobs/index.ts';
import { BadGzip, gzipMembers } from './gzip-members.ts';
import type { DotenvVariable } from './parse-dotenv.ts';
import { parseDotenv } from './parse-dotenv.ts';

/** Bytes, unpacked: the report must be smaller. */
const MAX_DOTENV = 5 * 1024;
/** Bytes as sent: names and padding of the members may come on top, but not much. */
const MAX_PACKED = 64 * 1024;

/** The variables of a dotenv report that was just stored. Throws 400 with GitLab's words. */
export async function readDotenv(blobs: BlobStore, blob: StoredBlob): Promise<readonly DotenvVariable[]> {
  if (blob.size > MAX_PACKED) throw tooBig();
  const bytes = await buffer(await blobs.open(blob.key));
  return parseDotenv(unpack(bytes));
}

function unpack(bytes: Buffer): readonly Buffer[] {
  try {
    return gzipMembers(bytes, MAX_DOTENV - 1);
  } catch (error) {
    if (!(error instanceof BadGzip)) throw error;
    throw error.tooLarge ? tooBig() : invalid('Invalid Format');
  }
}

const tooBig = () => invalid(`Dotenv Artifact Too Big. Maximum Allowable Size: ${MAX_DOTENV}`);
