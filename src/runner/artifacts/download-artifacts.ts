import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JobDependency } from '../../wire/runner-protocol.ts';
import type { Coordinator } from '../api/coordinator.ts';
import { UnreachableError } from '../api/http-client.ts';
import { Backoff, delay } from '../delay.ts';
import { JobFailure } from '../job/job-failure.ts';
import type { JobLog } from '../trace/job-log.ts';
import { extractZip, UnsafeArchiveError } from './extract-zip.ts';

export interface DownloadJob {
  readonly coordinator: Coordinator;
  readonly project: string;
  /** A private folder for the archive while it is unpacked. */
  readonly scratch: string;
  readonly log: JobLog;
  readonly stop: AbortSignal;
}

/** Tries per call of this stage: the first asks for a direct download, two more come after a second. */
const TRIES = 3;

export const hasArtifacts = (dependency: JobDependency): boolean => (dependency.artifacts_file?.filename ?? '') !== '';

/** Fetches a dependency's archive and unpacks it into the project. @throws JobFailure */
export const downloadArtifacts = async (job: DownloadJob, dependency: JobDependency): Promise<void> => {
  job.log.info(`Downloading artifacts for ${dependency.name} (${dependency.id})...`);
  const archive = join(job.scratch, `artifacts-${randomUUID()}`);
  try {
    await fetchArchive(job, dependency, archive);
    await refuseOtherFormats(archive);
    const count = await extractZip(archive, job.project);
    job.log.plain(`Downloading artifacts from coordinator... ok  id=${dependency.id} entries=${count}`);
  } catch (error) {
    if (!(error instanceof UnsafeArchiveError)) throw error;
    job.log.error(`Extracting artifacts failed: ${error.message}`);
    throw new JobFailure('script_failure', 'exit status 1', 1);
  } finally {
    await rm(archive, { force: true });
  }
};

const fetchArchive = async (job: DownloadJob, dependency: JobDependency, archive: string): Promise<void> => {
  const outage = new Backoff(200, 1000);
  for (let tries = 1; ; ) {
    try {
      const answer = await job.coordinator.openArtifact(dependency, tries === 1, job.stop);
      const status = answer.statusCode ?? 0;
      if (status === 200) {
        await save(answer, archive);
        return;
      }
      answer.resume();
      const isFinal = status === 401 || status === 403 || status === 404;
      const text = `Downloading artifacts from coordinator... ${STATUSES[status] ?? `status ${status}`}`;
      if (isFinal || tries >= TRIES) {
        job.log.error(text);
        throw new JobFailure('script_failure', 'exit status 1', 1);
      }
      job.log.warning(`${text}, retrying`);
      tries += 1;
      await delay(1000, job.stop);
    } catch (error) {
      job.stop.throwIfAborted();
      if (!(error instanceof UnreachableError)) throw error;
      if (!error.isRefused && tries >= TRIES) {
        job.log.error(`Downloading artifacts from coordinator... ${error.message}`);
        throw new JobFailure('script_failure', 'exit status 1', 1);
      }
      if (!error.isRefused) tries += 1;
      job.log.warning(`Downloading artifacts from coordinator... ${error.message}, retrying`);
      await delay(outage.next(), job.stop);
    }
    job.stop.throwIfAborted();
  }
};

const STATUSES: Readonly<Record<number, string>> = {
  401: '401 Unauthorized',
  403: '403 Forbidden',
  404: '404 not found',
};

const save = async (answer: IncomingMessage, archive: string): Promise<void> => {
  const file = createWriteStream(archive, { mode: 0o600 });
  await pipeline(answer, file).catch((error: unknown) => {
    const isOfDisk = error instanceof Error && 'path' in error;
    throw isOfDisk ? error : new UnreachableError(error);
  });
};

/** gitlab-runner tells formats by their first bytes; gzip cannot be unpacked by it either. */
const refuseOtherFormats = async (archive: string): Promise<void> => {
  const file = await open(archive, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) throw new UnsafeArchiveError('a gzip archive cannot be unpacked');
    if (buffer.readUInt32BE(0) === 0x28b52ffd) throw new UnsafeArchiveError('a zstd archive cannot be unpacked');
  } finally {
    await file.close();
  }
};
