import { Backoff, delay } from '../delay.ts';
import { JobFailure, JobStop } from './job-failure.ts';
import type { JobScope } from './job-scope.ts';
import { attempts } from './variables.ts';

/** Repeats a stage as often as the variable `key` says (1 to 10), with pauses of 5 s doubling to 5 min. */
export const retried = async (scope: JobScope, key: string, work: () => Promise<void>): Promise<void> => {
  const most = attempts(scope.variables('running'), key);
  const pause = new Backoff(5000, 300_000);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof JobFailure) || error instanceof JobStop || attempt >= most) throw error;
      const wait = pause.next();
      scope.log.warning(`Retrying in ${wait / 1000}s...`);
      await delay(wait, scope.control.job);
      scope.control.job.throwIfAborted();
    }
  }
};
