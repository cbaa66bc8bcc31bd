import type { BlobStore, StoredBlob } from '../../../platform/blobs/index.ts';
import { BlobTooLarge } from '../../../platform/blobs/index.ts';
import { writeList } from '../zip/entry-list.ts';
import { listEntries, NotListable } from '../zip/list-entries.ts';

/** Bytes. */
const MAX_LIST = 64 * 1024 * 1024;

/**
 * Writes the list of an archive's entries beside it. False: the file is no zip, broken, or has too many entries; it is kept
 * all the same, but cannot be browsed (as in GitLab).
 */
export async function storeEntryList(blobs: BlobStore, archive: StoredBlob, listKey: string): Promise<boolean> {
  try {
    const entries = listEntries(blobs, archive.key, archive.size);
    await blobs.put(listKey, writeList(entries), { maxBytes: MAX_LIST });
    return true;
  } catch (error) {
    if (error instanceof NotListable || error instanceof BlobTooLarge) return false;
    throw error;
  }
}
