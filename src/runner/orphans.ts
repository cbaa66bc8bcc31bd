import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Coordinator, JobKey } from './api/coordinator.ts';
import { bootId, findJobRecord, type JobRecord, keptTracePath } from './job/job-record.ts';
import { reportSystemFailure } from './job/report-failure.ts';
import { stopProcesses } from './process/process-tree.ts';
import type { RunnerLog } from './runner-log.ts';
import { TraceBuffer } from './trace/trace-buffer.ts';
import { type Delivery, type JobReport, TraceSender, type TraceTiming } from './trace/trace-sender.ts';

const GRACE_MS = 2000;
const LAST_WORDS = Buffer.from('\n\u001b[31;1mERROR: Job failed (system failure): the runner was killed\u001b[0;m\n');

export interface OrphanScope {
  readonly jobs: string;
  readonly coordinator: Coordinator;
  readonly log: RunnerLog;
  readonly timing: TraceTiming;
  /** Aborts: no time left to report. What is not reported is kept for the next start. */
  readonly signal: AbortSignal;
}

/**
 * Finishes what an earlier runner in this folder could not. Of jobs that it was killed in, it ends the processes, removes
 * the files and reports a system failure, so that they can be retried; results that found no server are sent now.
 * Returns when all processes are gone; the reports go on in the background (`reported`).
 */
export const recoverOrphans = async (scope: OrphanScope): Promise<{ readonly reported: Promise<void> }> => {
  const names = await readdir(scope.jobs).catch(() => []);
  const reports: Promise<void>[] = [];
  for (const name of names) {
    const folder = join(scope.jobs, name);
    const record = findJobRecord(folder);
    if (record === undefined) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    await endProcesses(record);
    await rm(record.temp, { recursive: true, force: true });
    reports.push(
      report(scope, record, folder).catch((error: unknown) =>
        scope.log.error('orphaned job not reported', { job: record.id, error: String(error) }),
      ),
    );
  }
  return { reported: Promise.all(reports).then(() => {}) };
};

const endProcesses = async (record: JobRecord): Promise<void> => {
  const isSameBoot = record.boot === bootId();
  if (!isSameBoot) return;
  // A group's number may belong to somebody else by now; where there is /proc the other marks are certain.
  const groups = process.platform === 'linux' ? [] : record.mark.groups;
  await stopProcesses({ ...record.mark, groups }, GRACE_MS);
};

const report = async (scope: OrphanScope, record: JobRecord, folder: string): Promise<void> => {
  const key: JobKey = { id: record.id, token: record.token };
  const delivery =
    record.report === undefined
      ? await reportKilled(scope, key)
      : await sendKept(scope, key, record.report, keptTracePath(folder));
  scope.log.info('orphaned job', { job: record.id, delivery });
  if (delivery !== 'undelivered') await rm(folder, { recursive: true, force: true });
};

/** The server says by 416 how much of the log it has already. */
const sendKept = (scope: OrphanScope, key: JobKey, kept: JobReport, tracePath: string): Promise<Delivery> => {
  const bytes = readFileSync(tracePath);
  const trace = new TraceBuffer(bytes.length);
  trace.append(bytes);
  const { coordinator, log, timing } = scope;
  const listener = { onCanceling: () => {}, onAbort: () => {} };
  const sender = new TraceSender(coordinator, key, trace, listener, { log, timing, isDebug: false });
  return sender.finish(kept, scope.signal);
};

const reportKilled = async (scope: OrphanScope, key: JobKey): Promise<Delivery> => {
  const { coordinator, signal, timing } = scope;
  await sayLastWords(coordinator, key);
  const isTaken = await reportSystemFailure(coordinator, key, { reportFor: timing.reportFor, signal });
  if (isTaken) return 'delivered';
  return signal.aborted ? 'undelivered' : 'unwanted';
};

/** Appends a line to the log, whose size only the server knows. */
const sayLastWords = async (coordinator: Coordinator, key: JobKey): Promise<void> => {
  const first = await coordinator.patchTrace(key, 0, LAST_WORDS, false);
  if (first.kind === 'rewind' && first.offset > 0) await coordinator.patchTrace(key, first.offset, LAST_WORDS, false);
};
