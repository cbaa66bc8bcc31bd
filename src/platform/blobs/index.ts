export type { BlobStore, ByteRange, StoredBlob } from './blob-store.ts';
export { BlobMissing, BlobTooLarge, newBlobKey } from './blob-store.ts';
export { FileBlobStore } from './file-blob-store.ts';
export type { BlobDeps, ReservedBlob } from './orphans.ts';
export { claimBlob, orphanBlobs, removeOrphans, reserveBlob, sweepBlobs } from './orphans.ts';
