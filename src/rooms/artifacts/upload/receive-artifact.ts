import type { StreamedFile } from '../../../http/index.ts';
import { badRequest, forbidden, invalid, PenstockError } from '../../../kit/errors.ts';
import type { BlobDeps, ReservedBlob, StoredBlob } from '../../../platform/blobs/index.ts';
import { BlobTooLarge, claimBlob, removeOrphans, reserveBlob } from '../../../platform/blobs/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import type { ArtifactFormat } from '../../../wire/runner-protocol.ts';
import type { Job } from '../../pipelines/index.ts';
import { lockRunnerJob, updateArtifactsExpireAt } from '../../pipelines/index.ts';
import type { Accessibility } from '../artifact.ts';
import { DOTENV_VALUE } from '../dotenv-variables.ts';
import type { FileType } from '../file-types.ts';
import type { NewArtifact } from '../store.ts';
import { findArtifact, insertArtifact, insertDotenvVariables } from '../store.ts';
import type { DotenvVariable } from './parse-dotenv.ts';
import { readDotenv } from './read-dotenv.ts';
import { storeEntryList } from './store-entry-list.ts';

export interface ReceiveDeps extends BlobDeps {
  readonly vault: Vault;
  /** Largest file, in bytes. Default: GitLab's 100 MB. */
  readonly maxArtifactBytes?: number;
}

/** What the runner says of the file that it sends. */
export interface UploadedFile {
  readonly fileType: FileType;
  readonly fileFormat: ArtifactFormat;
  readonly accessibility: Accessibility;
  /** Null = never. */
  readonly expireAt: Date | null;
  /** The parts of the body; the first one named `file` counts. */
  readonly parts: AsyncIterable<StreamedFile>;
  /** Fires when the runner has gone. */
  readonly signal: AbortSignal;
}

/** Bytes. */
export const maxArtifactBytes = (deps: ReceiveDeps): number => deps.maxArtifactBytes ?? 100 * 1024 * 1024;

/**
 * Takes one artifact of a running job: first the file into a blob, then all rows in one transaction, in which the job must
 * still run. The same file again is fine. Throws 400 (no file, another file of that type, a bad dotenv report), 403, 413;
 * then nothing is stored.
 */
export async function receiveArtifact(deps: ReceiveDeps, job: Job, upload: UploadedFile): Promise<void> {
  const reserved: ReservedBlob[] = [];
  const reserve = async (): Promise<ReservedBlob> => {
    const blob = await reserveBlob(deps);
    reserved.push(blob);
    return blob;
  };
  let kept = false;
  try {
    const file = await storeFile(deps, await reserve(), upload);
    const variables = upload.fileType === 'dotenv' ? await readDotenv(deps.blobs, file.blob) : [];
    const list = upload.fileType === 'archive' ? await reserve() : undefined;
    const listed = list !== undefined && (await storeEntryList(deps.blobs, file.blob, list.key));
    const artifact: NewArtifact = {
      projectId: job.projectId,
      jobId: job.id,
      fileType: upload.fileType,
      fileFormat: upload.fileFormat,
      filename: file.filename,
      size: file.blob.size,
      sha256: file.blob.sha256,
      blobKey: file.blob.key,
      entriesBlobKey: listed ? list.key : null,
      accessibility: upload.accessibility,
      expireAt: upload.expireAt,
    };
    const claimed = listed ? reserved : reserved.slice(0, 1);
    kept = await deps.db.transaction().execute((tx) => keep(deps, tx, job, artifact, variables, claimed));
    if (kept && !listed) await removeOrphans(deps, list === undefined ? [] : [list.key]);
  } finally {
    if (!kept)
      await removeOrphans(
        deps,
        reserved.map((blob) => blob.key),
      );
  }
}

/** False: this very file is there already. */
async function keep(
  deps: ReceiveDeps,
  tx: Tx,
  job: Job,
  artifact: NewArtifact,
  variables: readonly DotenvVariable[],
  reserved: readonly ReservedBlob[],
): Promise<boolean> {
  if (!(await lockRunnerJob(tx, job))) throw forbidden('Job is not running');
  const existing = await findArtifact(tx, job.id, artifact.fileType);
  if (existing !== undefined) {
    if (existing.sha256.equals(artifact.sha256)) return false;
    throw invalid('another artifact of the same type already exists');
  }
  for (const blob of reserved) await claimBlob(tx, blob);
  await insertArtifact(tx, artifact, deps.clock.now());
  await updateArtifactsExpireAt(tx, [job.id], artifact.expireAt);
  const sealed = variables.map(({ key, value }) => ({ key, valueSealed: deps.vault.seal(value, DOTENV_VALUE) }));
  await insertDotenvVariables(tx, job.id, sealed);
  return true;
}

interface StoredFile {
  readonly filename: string;
  readonly blob: StoredBlob;
}

async function storeFile(deps: ReceiveDeps, reserved: ReservedBlob, upload: UploadedFile): Promise<StoredFile> {
  let found: StoredFile | undefined;
  // To the end of the body: what breaks off after the file is no upload.
  for await (const part of upload.parts) {
    if (found !== undefined || part.field !== 'file') continue;
    const options = { maxBytes: maxArtifactBytes(deps), signal: upload.signal };
    const blob = await deps.blobs.put(reserved.key, part.stream, options).catch((error: unknown) => {
      throw error instanceof BlobTooLarge ? tooLarge() : error;
    });
    found = { filename: cleanFilename(part.filename, upload), blob };
  }
  if (found === undefined) throw badRequest('Missing artifacts file!');
  return found;
}

export const tooLarge = (): PenstockError => new PenstockError('too_large', '413 Request Entity Too Large');

/** The last part of what the client calls its file, as far as it is fit for a header and a file name. */
function cleanFilename(name: string, { fileType, fileFormat }: UploadedFile): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, 255);
  if (clean !== '' && clean !== '.' && clean !== '..') return clean;
  return fileType === 'archive' ? 'artifacts.zip' : `${fileType}.${fileFormat === 'gzip' ? 'gz' : fileFormat}`;
}
