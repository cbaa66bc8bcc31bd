import yauzl from 'yauzl';
import type { BlobStore } from '../../../platform/blobs/index.ts';
import { BlobReader } from './blob-reader.ts';
import type { ZipEntry } from './entry.ts';
import { cleanEntryName } from './entry-name.ts';

/** More entries than any archive of a sane job has; one that has more gets no list. */
const MAX_ENTRIES = 200_000;

/** The blob is no zip file, or a broken one, or one too large to be listed. */
export class NotListable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'not a zip file', { cause });
    this.name = 'NotListable';
  }
}

/**
 * The entries of a zip that lies in a blob, in its own order, those with hostile names left out. Only the central
 * directory is read, a window at a time; nothing is unpacked. Throws `NotListable`.
 */
export async function* listEntries(blobs: BlobStore, key: string, size: number): AsyncGenerator<ZipEntry> {
  const zip = await openZip(blobs, key, size);
  // A late error must find a listener, or it ends the process.
  zip.on('error', () => undefined);
  try {
    if (zip.entryCount > MAX_ENTRIES) throw new Error(`${zip.entryCount} entries`);
    for await (const entry of zip.eachEntry()) {
      const found = toEntry(entry);
      if (found !== undefined) yield found;
    }
  } catch (error) {
    throw new NotListable(error);
  } finally {
    zip.close();
  }
}

async function openZip(blobs: BlobStore, key: string, size: number): Promise<yauzl.ZipFile> {
  try {
    // Names are decoded here: the library would refuse the whole archive for one hostile name.
    const options = { decodeStrings: false, autoClose: false, validateEntrySizes: false };
    return await yauzl.fromRandomAccessReaderPromise(new BlobReader(blobs, key, size), size, options);
  } catch (error) {
    throw new NotListable(error);
  }
}

function toEntry(entry: yauzl.Entry): ZipEntry | undefined {
  const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  const path = cleanEntryName(name);
  if (path === undefined) return undefined;
  return {
    path,
    size: entry.uncompressedSize,
    compressedSize: entry.compressedSize,
    method: entry.compressionMethod,
    offset: entry.relativeOffsetOfLocalHeader,
    mode: entry.externalFileAttributes >>> 16,
    encrypted: entry.isEncrypted(),
  };
}
