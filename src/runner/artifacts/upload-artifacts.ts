import type { Readable } from 'node:stream';
import type { JobArtifact } from '../../wire/runner-protocol.ts';
import type { Coordinator, JobKey } from '../api/coordinator.ts';
import { UnreachableError } from '../api/http-client.ts';
import { Backoff, delay } from '../delay.ts';
import { JobFailure } from '../job/job-failure.ts';
import type { JobLog } from '../trace/job-log.ts';
import { compressionLevel, gzipStream, rawStream, zipStream } from './encode.ts';
import { type SelectedFiles, selectFiles } from './select-files.ts';
import { shellExpand } from './shell-expand.ts';

export interface UploadJob {
  readonly coordinator: Coordinator;
  readonly key: JobKey;
  readonly project: string;
  /** The job's environment, for names and paths. */
  readonly environment: ReadonlyMap<string, string>;
  readonly listUntracked: () => Promise<readonly string[]>;
  readonly log: JobLog;
  readonly stop: AbortSignal;
}

/** True when the entry is to be uploaded after a job that ended so. */
export const isUploaded = (when: string | null | undefined, succeeded: boolean): boolean => {
  if (when === 'always') return true;
  return when === 'on_failure' ? !succeeded : succeeded;
};

/** True when the entry selects anything. */
export const hasSelection = (artifact: Pick<JobArtifact, 'paths' | 'untracked'>): boolean =>
  artifact.untracked === true || (artifact.paths ?? []).length > 0;

/** Uploads one entry of `artifacts`. Nothing selected = a line in the log. @throws JobFailure when the server refuses. */
export const uploadArtifact = async (job: UploadJob, artifact: JobArtifact): Promise<void> => {
  const expand = (text: string): string => shellExpand(text, job.environment);
  job.log.info('Uploading artifacts...');
  const selection = {
    paths: (artifact.paths ?? []).map(expand),
    exclude: (artifact.exclude ?? []).map(expand),
    untracked: artifact.untracked === true,
  };
  const files = await selectFiles(job.project, selection, job.listUntracked, job.log);
  if (files.size === 0) {
    job.log.error('No files to upload');
    return;
  }
  const encoded = encode(job, artifact, files, expand(artifact.name ?? ''));
  const type = artifact.artifact_type ?? 'archive';
  await send(job, {
    ...encoded,
    format: artifact.artifact_format ?? 'zip',
    type: artifact.artifact_type ?? '',
    expireIn: artifact.expire_in ?? undefined,
    label: type === '' ? 'archive' : type,
  });
};

const encode = (
  job: UploadJob,
  artifact: JobArtifact,
  files: SelectedFiles,
  givenName: string,
): { readonly fileName: string; readonly content: () => Readable } => {
  // A name is one path component: `build/$CI_COMMIT_REF_NAME` may not become a path.
  const name = givenName.replaceAll(/[/\\\0]/g, '-');
  const format = artifact.artifact_format ?? 'zip';
  const level = compressionLevel(job.environment.get('ARTIFACT_COMPRESSION_LEVEL') ?? '');
  if (format === 'zip') {
    const fileName = `${name === '' ? 'artifacts' : name}.zip`;
    return { fileName, content: () => zipStream(job.project, files, level) };
  }
  const odd = [...files].find(([, stats]) => !stats.isFile());
  if (odd !== undefined) throw new JobFailure('script_failure', `artifact ${odd[0]} is not a regular file`, 1);
  if (format === 'gzip') {
    return { fileName: `${name === '' ? 'artifacts' : name}.gz`, content: () => gzipStream(job.project, files, level) };
  }
  const [only, ...others] = files.keys();
  if (only === undefined || others.length > 0) {
    throw new JobFailure('script_failure', 'only one file can be sent in raw format', 1);
  }
  return {
    fileName: name === '' ? (only.split('/').at(-1) ?? only) : name,
    content: () => rawStream(job.project, only),
  };
};

interface Parcel {
  readonly fileName: string;
  readonly content: () => Readable;
  readonly format: string;
  readonly type: string;
  readonly expireIn: string | undefined;
  readonly label: string;
}

const MOST_TRIES = 3;
const MOST_TRIES_WHEN_UNAVAILABLE = 6;

/**
 * Statuses as gitlab-runner takes them: 201 done; 403 and 413 final; 503 six tries; anything else three. While the server
 * cannot be reached (a restart) there is no limit but the job's own timeout.
 */
const send = async (job: UploadJob, parcel: Parcel): Promise<void> => {
  const { log, stop } = job;
  const title = `Uploading artifacts as "${parcel.label}" to coordinator...`;
  const outage = new Backoff(200, 1000);
  for (let tries = 1; ; ) {
    let status: number;
    try {
      ({ status } = await job.coordinator.uploadArtifact(job.key, parcel, stop));
    } catch (error) {
      stop.throwIfAborted();
      if (!(error instanceof UnreachableError)) throw error;
      const cause: unknown = error.cause;
      // A file that cannot be read comes out here as well, and will not get better by itself.
      if (isFileError(cause)) throw new JobFailure('script_failure', `cannot read the artifacts: ${cause.message}`, 1);
      if (!error.isRefused && tries >= MOST_TRIES) {
        log.error(`${title} ${error.message}`);
        throw new JobFailure('script_failure', 'exit status 1', 1);
      }
      if (!error.isRefused) tries += 1;
      log.warning(`${title} ${error.message}, retrying`);
      await delay(outage.next(), stop);
      continue;
    }
    if (status === 201) {
      log.plain(`${title} 201 Created  id=${job.key.id}`);
      return;
    }
    const limit = status === 503 ? MOST_TRIES_WHEN_UNAVAILABLE : MOST_TRIES;
    if (status === 403 || status === 413 || tries >= limit) {
      log.error(`${title} ${REFUSALS[status] ?? `status ${status}`}`);
      throw new JobFailure('script_failure', 'exit status 1', 1);
    }
    tries += 1;
    log.warning(`${title} status ${status}, retrying`);
    await delay(1000, stop);
    stop.throwIfAborted();
  }
};

const REFUSALS: Readonly<Record<number, string>> = {
  403: '403 Forbidden',
  413: '413 Request Entity Too Large: too large archive',
};

const FILE_ERRORS = ['ENOENT', 'EACCES', 'EISDIR', 'EIO'];

const isFileError = (error: unknown): error is Error =>
  error instanceof Error &&
  (('path' in error && 'code' in error && FILE_ERRORS.includes(String(error.code))) ||
    error.message.includes('unexpected number of bytes'));
