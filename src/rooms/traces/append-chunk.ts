import type { Status } from '../../wire/statuses.ts';
import type { Job, ProcessDeps } from '../pipelines/index.ts';
import { advanceJob, touchRunnerJob } from '../pipelines/index.ts';
import { findTraceState, growTrace, insertChunk } from './store.ts';

export interface AppendDeps extends ProcessDeps {
  /** Largest log, in bytes. Default: GitLab's 100 MB. */
  readonly maxTraceBytes?: number;
}

export interface NewChunk {
  /** Offset of its first byte. */
  readonly start: number;
  readonly data: Uint8Array;
  /** The job runs with CI_DEBUG_TRACE: only developers may read the log. */
  readonly debugTrace: boolean;
}

export type Appended =
  | {
      /** `ok`: the log ends where the chunk does (so an exact repetition is fine). `gap`: it does not; nothing was written. */
      readonly kind: 'ok' | 'gap';
      readonly status: Status;
      /** Bytes stored = the next expected offset. */
      readonly size: number;
      readonly watchedAt: Date | null;
    }
  | { readonly kind: 'not_running' };

/**
 * Adds a chunk to a running job's log: job, size and chunk in one transaction, so that whatever servers and repetitions
 * do, the log is a prefix of what the runner sent. Counts as a word from the runner.
 */
export const appendChunk = (deps: AppendDeps, job: Job, chunk: NewChunk): Promise<Appended> =>
  deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const { start, data } = chunk;
    const status = await touchRunnerJob(tx, job, now, { debugTrace: chunk.debugTrace });
    if (status === undefined) return { kind: 'not_running' };
    const grown = await growTrace(tx, job.id, start, data.byteLength, now);
    if (grown !== undefined && data.byteLength > 0) await insertChunk(tx, job.id, start, data);
    const { size, watchedAt } = grown ?? (await findTraceState(tx, job.id));
    return { kind: size === start + data.byteLength ? 'ok' : 'gap', status, size, watchedAt };
  });

const MAX_TRACE_BYTES = 100 * 1024 * 1024;

/** Whether the log would become larger than it may. */
export const exceedsLimit = (deps: AppendDeps, start: number, length: number): boolean =>
  start + length > (deps.maxTraceBytes ?? MAX_TRACE_BYTES);

/** Ends a job whose log is too large. Answers its status from then on. */
export async function dropFloodingJob(deps: AppendDeps, job: Job): Promise<Status> {
  const result = await advanceJob(deps, job.id, ({ state }) =>
    state.startedAt?.getTime() === job.startedAt?.getTime()
      ? { type: 'drop', reason: 'trace_size_exceeded', exitCode: null }
      : undefined,
  );
  if (result.kind === 'moved') return result.to;
  return result.kind === 'refused' ? result.status : job.status;
}
