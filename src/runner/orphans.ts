import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Coordinator, JobKey } from './api/coordinator.ts';
import { Backoff, delay } from './delay.ts';
import { bootId, findJobRecord, type JobRecord } from './job/job-record.ts';
import { stopProcesses } from './process/process-tree.ts';
import type { RunnerLog } from './runner-log.ts';

const GRACE_MS = 2000;
const LAST_WORDS = Buffer.from('\n\u001b[31;1mERROR: Job failed (system failure): the runner was killed\u001b[0;m\n');

export interface OrphanScope {
  readonly jobs: string;
  readonly coordinator: Coordinator;
  readonly log: RunnerLog;
  /** Milliseconds for which a report is repeated. */
  readonly reportFor: number;
  readonly signal: AbortSignal;
}

/**
 * Cleans up after a runner that was killed in the middle of jobs: ends what is left of their processes, removes their
 * files, and reports each as a system failure, so that it can be retried. Returns at once when all processes are gone;
 * the reports go on in the background (`reported`).
 */
export const recoverOrphans = async (scope: OrphanScope): Promise<{ readonly reported: Promise<void> }> => {
  const names = await readdir(scope.jobs).catch(() => []);
  const records: JobRecord[] = [];
  for (const name of names) {
    const folder = join(scope.jobs, name);
    const record = findJobRecord(folder);
    if (record !== undefined) {
      await endProcesses(record);
      await rm(record.temp, { recursive: true, force: true });
      records.push(record);
    }
    await rm(folder, { recursive: true, force: true });
  }
  return { reported: Promise.all(records.map((record) => report(scope, record))).then(() => {}) };
};

const endProcesses = async (record: JobRecord): Promise<void> => {
  const isSameBoot = record.boot === bootId();
  if (!isSameBoot) return;
  // A group's number may belong to somebody else by now; where there is /proc the other marks are certain.
  const groups = process.platform === 'linux' ? [] : record.mark.groups;
  await stopProcesses({ ...record.mark, groups }, GRACE_MS);
};

const report = async (scope: OrphanScope, record: JobRecord): Promise<void> => {
  const { coordinator, log, signal } = scope;
  const key: JobKey = { id: record.id, token: record.token };
  const deadline = performance.now() + scope.reportFor;
  const backoff = new Backoff(100, 1000);
  while (!signal.aborted && performance.now() < deadline) {
    await sayLastWords(coordinator, key);
    const update = { state: 'failed', failure_reason: 'runner_system_failure' } as const;
    const outcome = await coordinator.updateJob(key, update);
    if (outcome.kind !== 'failed' && outcome.kind !== 'accepted') {
      log.info('orphaned job reported', { job: record.id, outcome: outcome.kind });
      return;
    }
    await delay((outcome.kind === 'failed' ? outcome.wait : undefined) ?? backoff.next(), signal);
  }
};

/** Appends a line to the log, whose size only the server knows. */
const sayLastWords = async (coordinator: Coordinator, key: JobKey): Promise<void> => {
  const first = await coordinator.patchTrace(key, 0, LAST_WORDS, false);
  if (first.kind === 'rewind' && first.offset > 0) await coordinator.patchTrace(key, first.offset, LAST_WORDS, false);
};
