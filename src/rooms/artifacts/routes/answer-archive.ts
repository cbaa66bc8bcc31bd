import type { ApiReply, ApiRequest } from '../../../http/index.ts';
import { download, partial, rangeBeyond, rangeOf } from '../../../http/index.ts';
import { badRequest, notFound } from '../../../kit/errors.ts';
import type { BlobStore } from '../../../platform/blobs/index.ts';
import { BlobMissing } from '../../../platform/blobs/index.ts';
import type { Artifact } from '../artifact.ts';
import { cleanArtifactPath } from '../artifact-path.ts';
import { findEntry } from '../zip/entry-list.ts';
import { NotReadable, openEntry } from '../zip/open-entry.ts';

/** The whole archive, or the part of it that `Range` asks for. */
export async function answerArchive(blobs: BlobStore, archive: Artifact, request: ApiRequest): Promise<ApiReply> {
  const { filename, size, sha256, blobKey } = archive;
  const tag = `"${sha256.toString('hex')}"`;
  const wish = rangeOf(request, size, tag);
  if (wish.kind === 'beyond') return rangeBeyond(size);
  const range = wish.kind === 'part' ? wish : { start: 0, end: size };
  const file = { name: filename, contentType: 'application/zip', size };
  const bytes = await blobs.open(blobKey, range).catch(asNotFound);
  const whole = download(bytes, file, { ETag: tag, 'Accept-Ranges': 'bytes' });
  return wish.kind === 'part' ? partial(whole, range.start, range.end, size) : whole;
}

/** One file of the archive. 400 for a path that leads out of it, 404 for one that is not there or cannot be unpacked. */
export async function answerEntry(blobs: BlobStore, archive: Artifact, path: string): Promise<ApiReply> {
  const clean = cleanArtifactPath(path);
  if (clean === undefined || clean === '') throw badRequest();
  const { blobKey, entriesBlobKey } = archive;
  if (entriesBlobKey === null) throw notFound();
  const entry = await findEntry(blobs, entriesBlobKey, clean).catch(asNotFound);
  if (entry === undefined) throw notFound();
  const bytes = await openEntry(blobs, blobKey, entry).catch(asNotFound);
  // Whatever it holds, a browser saves it and does not show it.
  const name = clean.split('/').at(-1) ?? clean;
  return download(bytes, { name, contentType: 'application/octet-stream', size: entry.size });
}

/** Somebody erased it a moment ago, or the archive is not what its list says. */
function asNotFound(error: unknown): never {
  throw error instanceof BlobMissing || error instanceof NotReadable ? notFound() : error;
}
