import type { JobId } from '../../kit/ids.ts';

/** The log of a job, exactly as its runner sent it (masked by the runner, timestamps and all). */
export interface Trace {
  readonly jobId: JobId;
  /** Bytes received so far: the next expected offset. */
  readonly size: number;
  /** The whole log, once the job has ended and its chunks were moved into a blob. */
  readonly blobKey: string | null;
  /** `crc32:` and 8 hex digits: what the runner said last of the whole log. */
  readonly checksum: string | null;
  /** Bytes: what the runner said last of the whole log. */
  readonly reportedSize: number | null;
}

/** A piece of the live log. */
export interface TraceChunk {
  readonly start: number;
  readonly data: Buffer;
}
