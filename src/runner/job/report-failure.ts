import type { Coordinator, JobKey } from '../api/coordinator.ts';
import { Backoff, delay } from '../delay.ts';

/** How long and how often a short report is repeated. */
export interface ReportPatience {
  /** Milliseconds. */
  readonly reportFor: number;
  readonly signal: AbortSignal;
}

const REFUSALS = 10;

/** Tells the server that a job failed for a reason of the runner's own, until it takes it. True when it did. */
export const reportSystemFailure = async (
  coordinator: Coordinator,
  key: JobKey,
  patience: ReportPatience,
): Promise<boolean> => {
  const deadline = performance.now() + patience.reportFor;
  const backoff = new Backoff(100, 1000);
  let refusals = 0;
  while (!patience.signal.aborted && performance.now() < deadline && refusals < REFUSALS) {
    const update = { state: 'failed', failure_reason: 'runner_system_failure' } as const;
    const outcome = await coordinator.updateJob(key, update);
    if (outcome.kind !== 'failed' && outcome.kind !== 'accepted') return outcome.kind === 'ok';
    if (outcome.kind === 'failed' && outcome.isRefusal) refusals += 1;
    await delay((outcome.kind === 'failed' ? outcome.wait : undefined) ?? backoff.next(), patience.signal);
  }
  return false;
};
