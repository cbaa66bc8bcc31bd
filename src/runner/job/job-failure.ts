import type { RunnerFailureReason } from '../../wire/runner-protocol.ts';
import type { JobReport } from '../trace/trace-sender.ts';

/** A job that ends as failed. The message is the last line of the log. */
export class JobFailure extends Error {
  readonly reason: RunnerFailureReason;
  readonly exitCode: number | undefined;

  constructor(reason: RunnerFailureReason, message: string, exitCode?: number) {
    super(message);
    this.name = 'JobFailure';
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

/** A stage's process ended with a code other than 0 (-1: killed by a signal). */
export const exitFailure = (code: number): JobFailure =>
  new JobFailure('script_failure', code < 0 ? 'the shell was killed by a signal' : `exit status ${code}`, code);

/** Something of the runner broke, not of the job. */
export const systemFailure = (error: unknown): JobFailure =>
  new JobFailure('runner_system_failure', error instanceof Error ? error.message : String(error));

/** Why everything (or the user's script) is ended from outside; the reason of an abort signal. */
export type StopKind =
  /** Cancel with after_script. */
  | 'canceled'
  /** The server answered 403 or a final Job-Status. */
  | 'aborted'
  | 'timeout'
  /** The runner's process was told to end. */
  | 'interrupted';

export class JobStop extends JobFailure {
  readonly kind: StopKind;

  constructor(kind: StopKind, message: string) {
    super(REASONS[kind], message);
    this.name = 'JobStop';
    this.kind = kind;
  }
}

const REASONS: Readonly<Record<StopKind, RunnerFailureReason>> = {
  canceled: 'job_canceled',
  aborted: 'job_canceled',
  timeout: 'job_execution_timeout',
  interrupted: 'runner_interrupted',
};

/** Always understood by the server. */
const BASIC: readonly string[] = ['script_failure', 'runner_system_failure', 'job_execution_timeout'];

/** GitLab's down-mapping of reasons that the server did not list in `features.failure_reasons`. */
const FALLBACK: Readonly<Record<string, string>> = {
  image_pull_failure: 'runner_system_failure',
  runner_configuration_error: 'script_failure',
  runner_external_dependency_failure: 'runner_system_failure',
};

export const mapReason = (reason: RunnerFailureReason, listed: readonly string[]): string =>
  BASIC.includes(reason) || listed.includes(reason) ? reason : (FALLBACK[reason] ?? 'unknown_failure');

/** The final PUT for an outcome; `undefined` = success. An exit code is sent only with a failed script. */
export const reportOf = (failure: JobFailure | undefined, listed: readonly string[]): JobReport =>
  failure === undefined
    ? { state: 'success' }
    : {
        state: 'failed',
        failure_reason: mapReason(failure.reason, listed),
        ...(failure.exitCode === undefined ? {} : { exit_code: failure.exitCode }),
      };
