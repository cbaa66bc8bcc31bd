import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RunnerOptions, runRunner } from './run.ts';
import { fileLog, lineLog } from './runner-log.ts';

export interface RunnerProcessOptions extends Omit<RunnerOptions, 'log' | 'signal' | 'drain'> {
  /** Where the runner's own log goes; default: standard error. */
  readonly logFile?: string;
}

/**
 * The whole life of a runner process: `penstock runner` and the server's embedded runner. SIGTERM and SIGINT stop the
 * running jobs and report them (the second one ends at once), SIGQUIT finishes them first, SIGHUP is ignored, so that it
 * outlives whoever started it.
 * @returns when it is over. @throws as `runRunner`.
 */
export const runRunnerProcess = async (options: RunnerProcessOptions): Promise<void> => {
  const { logFile, ...rest } = options;
  if (logFile !== undefined) await mkdir(dirname(logFile), { recursive: true });
  // The reader of our standard streams may go before us: writing to them must not end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const log = logFile === undefined ? lineLog((line) => process.stderr.write(line)) : fileLog(logFile);
  const stop = new AbortController();
  const drain = new AbortController();
  const onStop = (signal: NodeJS.Signals): void => {
    log.info('signal', { signal });
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  const onDrain = (): void => {
    log.info('signal', { signal: 'SIGQUIT' });
    drain.abort();
  };
  const ignore = (): void => {};
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGQUIT', onDrain).on('SIGHUP', ignore);
  try {
    await runRunner({ ...rest, log, signal: stop.signal, drain: drain.signal });
  } finally {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGQUIT', onDrain).off('SIGHUP', ignore);
  }
};
