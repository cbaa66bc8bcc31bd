import type { JobPayload, JobVariable } from '../../wire/runner-protocol.ts';
import type { Coordinator, JobKey } from '../api/coordinator.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { Environment } from '../process/clean-environment.ts';
import type { JobProcesses } from '../process/job-processes.ts';
import type { RunnerLog } from '../runner-log.ts';
import type { JobLog } from '../trace/job-log.ts';
import type { TraceTiming } from '../trace/trace-sender.ts';
import type { JobDirectories } from './directories.ts';
import type { JobControl } from './job-control.ts';
import type { ResolvedVariables } from './variables.ts';

/** What all jobs of one runner share. */
export interface RunnerScope {
  readonly coordinator: Coordinator;
  readonly log: RunnerLog;
  readonly token: string;
  readonly systemId: string;
  readonly name: string;
  readonly version: string;
  readonly revision: string;
  /** The shell and its arguments. */
  readonly shell: readonly [string, ...string[]];
  /** The runner's own environment, cleaned. */
  readonly environment: Environment;
  readonly roots: { readonly builds: string; readonly cache: string; readonly jobs: string };
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  readonly timing: TraceTiming;
  readonly outputLimit: number;
  readonly hasLfs: () => Promise<boolean>;
}

/** What the stages of one job share. */
export interface JobScope {
  readonly runner: RunnerScope;
  readonly payload: JobPayload;
  readonly key: JobKey;
  readonly directories: JobDirectories;
  /** Private to the runner, outside the job's reach by name; removed in the end. */
  readonly scratch: string;
  readonly log: JobLog;
  readonly control: JobControl;
  readonly processes: JobProcesses;
  /** Entries that mark the job's processes. */
  readonly mark: Environment;
  readonly git: GitRunner;
  /** The job's variables while CI_JOB_STATUS is that. */
  readonly variables: (status: JobStatusWord) => ResolvedVariables;
  /** From now on among the variables, and masked in the log. */
  readonly addSecrets: (secrets: readonly JobVariable[]) => void;
}

/** Values of CI_JOB_STATUS. */
export type JobStatusWord = 'running' | 'success' | 'failed' | 'canceled' | 'timedout';
