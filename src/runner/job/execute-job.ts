import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobPayload, JobVariable } from '../../wire/runner-protocol.ts';
import type { JobKey } from '../api/coordinator.ts';
import { gitEnvironment, runnerGitConfig, takeApart } from '../git/git-config.ts';
import { GitRunner } from '../git/git-runner.ts';
import { gitStrategy } from '../git/source-settings.ts';
import { JobProcesses } from '../process/job-processes.ts';
import { architecture, RUNNER_NAME } from '../runner-info.ts';
import type { Slot } from '../slots.ts';
import { JobLog } from '../trace/job-log.ts';
import { LogFilters } from '../trace/log-filters.ts';
import { TraceBuffer } from '../trace/trace-buffer.ts';
import { type Delivery, type JobReport, TraceSender } from '../trace/trace-sender.ts';
import { type JobDirectories, jobDirectories, shortToken } from './directories.ts';
import { JobControl } from './job-control.ts';
import { type JobFailure, reportOf } from './job-failure.ts';
import { bootId, keptTracePath, writeJobRecord } from './job-record.ts';
import type { JobScope, JobStatusWord, RunnerScope } from './job-scope.ts';
import { reportSystemFailure } from './report-failure.ts';
import { isDebugTrace } from './run-commands.ts';
import { runJob } from './run-job.ts';
import { jobTimeout } from './run-steps.ts';
import { maskedValues, parseBoolean, type ResolvedVariables, resolveVariables, setting } from './variables.ts';

export interface JobAssignment {
  readonly payload: JobPayload;
  readonly slot: Slot;
  /** Names the request that brought the job; goes to git as well. */
  readonly correlationId: string | undefined;
  /** Aborts when the runner's process is to end: the job is stopped and reported. */
  readonly interrupt: AbortSignal;
  /** Aborts when there is no time left even to report. */
  readonly giveUp: AbortSignal;
}

/**
 * One job from the first PUT to the last. Returns when the server has the result (or wants none), so the slot stays
 * taken until then. A result that finds no server is kept on disk for the next start. Never throws.
 */
export const executeJob = async (runner: RunnerScope, job: JobAssignment): Promise<void> => {
  const { payload } = job;
  const key: JobKey = { id: payload.id, token: payload.token };
  const scratch = join(runner.roots.jobs, String(payload.id));
  let delivery: Delivery = 'unwanted';
  try {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const start = await runner.coordinator.updateJob(key, { state: 'running', output: {} });
    if (start.kind === 'abort' || start.kind === 'missing') {
      runner.log.info('job dropped, the server no longer wants it', { job: payload.id });
    } else {
      delivery = await runAndReport(runner, job, key, scratch, start.canceling);
    }
  } catch (error) {
    // A full disk, most likely: the job could not even begin.
    runner.log.error('job ended unexpectedly', { job: payload.id, error: String(error) });
    const patience = { reportFor: runner.timing.reportFor, signal: job.giveUp };
    await reportSystemFailure(runner.coordinator, key, patience);
  } finally {
    if (delivery !== 'undelivered') await rm(scratch, { recursive: true, force: true }).catch(() => {});
  }
};

const runAndReport = async (
  runner: RunnerScope,
  job: JobAssignment,
  key: JobKey,
  scratch: string,
  isCanceled: boolean,
): Promise<Delivery> => {
  const { payload } = job;
  const control = new JobControl(jobTimeout(payload.runner_info.timeout));
  const interrupt = (): void => control.interrupt();
  job.interrupt.addEventListener('abort', interrupt);
  if (job.interrupt.aborted) interrupt();
  const trace = new TraceBuffer(runner.outputLimit);
  const secrets: JobVariable[] = [];
  const { variables, directories } = variablesOf(runner, job, secrets);
  const running = variables('running');
  const listener = { onCanceling: () => control.cancel(), onAbort: () => control.abort() };
  const isDebug = isDebugTrace(running) || parseBoolean(setting(running, 'CI_DEBUG_SERVICES')) === true;
  const { log: runnerLog, timing } = runner;
  const sender = new TraceSender(runner.coordinator, key, trace, listener, { log: runnerLog, timing, isDebug });
  try {
    // Canceled before it began; the reason goes unmapped.
    if (isCanceled) return await sender.finish({ state: 'failed', failure_reason: 'job_canceled' }, job.giveUp);
    const log = new JobLog(trace, filtersOf(runner, payload, running), payload.features.trace_sections === true);
    const addSecrets = (found: readonly JobVariable[]): void => {
      secrets.push(...found);
      log.mask(found.map((secret) => secret.value));
    };
    const scope = await makeScope(runner, job, { key, scratch, directories, control, log, variables, addSecrets });
    writeOpening(runner, log);
    sender.start();
    const failure = await runJob(scope);
    writeEnding(log, failure);
    const report = reportOf(failure, payload.features.failure_reasons ?? []);
    const delivery = await sender.finish(report, job.giveUp);
    runnerLog.info('job finished', { job: payload.id, result: failure?.reason ?? 'success', delivery });
    if (delivery === 'undelivered') await keepResult(scope, trace, report);
    return delivery;
  } finally {
    control.close();
    job.interrupt.removeEventListener('abort', interrupt);
  }
};

/** For the next start of a runner in this folder. */
const keepResult = async (scope: JobScope, trace: TraceBuffer, report: JobReport): Promise<void> => {
  await writeFile(keptTracePath(scope.scratch), trace.slice(0, trace.size), { mode: 0o600 });
  const { directories, key, processes, scratch } = scope;
  writeJobRecord(scratch, { ...key, temp: directories.temp, boot: bootId(), mark: processes.mark, report });
};

/** Job tokens and the runner's own never show, whether the server marks them as masked or not. */
const filtersOf = (runner: RunnerScope, payload: JobPayload, variables: ResolvedVariables): LogFilters => {
  const tokens = [runner.token, payload.token, ...(payload.dependencies ?? []).map((dependency) => dependency.token)];
  const { password } = takeApart(payload.git_info.repo_url);
  return new LogFilters([...maskedValues(variables), ...tokens, password], payload.features.token_mask_prefixes ?? []);
};

const variablesOf = (
  runner: RunnerScope,
  { payload, slot }: JobAssignment,
  secrets: readonly JobVariable[],
): { readonly directories: JobDirectories; readonly variables: (status: JobStatusWord) => ResolvedVariables } => {
  const strategy = payload.variables.findLast((variable) => variable.key === 'GIT_STRATEGY')?.value.trim() ?? '';
  const isEmpty = gitStrategy(payload, strategy) === 'empty';
  const directories = jobDirectories(runner.roots, payload, runner.token, slot.project, isEmpty);
  const image = payload.image?.name ?? '';
  const variables = (status: JobStatusWord): ResolvedVariables =>
    resolveVariables(
      payload.variables,
      {
        defaults: {
          ...(image === '' ? {} : { CI_JOB_IMAGE: image }),
          CI_RUNNER_SHORT_TOKEN: shortToken(runner.token),
          CI_BUILDS_DIR: directories.builds,
          CI_PROJECT_DIR: directories.project,
          CI_CONCURRENT_ID: String(slot.runner),
          CI_CONCURRENT_PROJECT_ID: String(slot.project),
          CI_SERVER: 'yes',
          CI_JOB_STATUS: status,
          CI_JOB_TIMEOUT: String(jobTimeout(payload.runner_info.timeout) / 1000),
        },
        secrets,
        facts: {
          CI_SHARED_ENVIRONMENT: 'true',
          CI_RUNNER_VERSION: runner.version,
          CI_RUNNER_REVISION: runner.revision,
          CI_RUNNER_EXECUTABLE_ARCH: `${process.platform}/${architecture()}`,
          RUNNER_TEMP_PROJECT_DIR: directories.temp,
        },
      },
      directories.temp,
    );
  return { directories, variables };
};

const makeScope = async (
  runner: RunnerScope,
  job: JobAssignment,
  parts: Pick<JobScope, 'key' | 'scratch' | 'directories' | 'control' | 'log' | 'variables' | 'addSecrets'>,
): Promise<JobScope> => {
  const { payload } = job;
  const { directories, scratch, control, log } = parts;
  const mark = { CI_JOB_ID: String(payload.id), RUNNER_TEMP_PROJECT_DIR: directories.temp };
  const entries = Object.entries(mark).map(([name, value]) => `${name}=${value}`);
  const record = { id: payload.id, token: payload.token, temp: directories.temp, boot: bootId() };
  const processes = new JobProcesses(entries, directories.project, (found) =>
    writeJobRecord(scratch, { ...record, mark: found }),
  );
  writeJobRecord(scratch, { ...record, mark: processes.mark });
  const variables = parts.variables('running');
  const globalConfig = join(scratch, 'gitconfig');
  const isHttpsForced = parseBoolean(setting(variables, 'GIT_SUBMODULE_FORCE_HTTPS')) === true;
  const ssh = isHttpsForced
    ? {
        host: setting(variables, 'CI_SERVER_SHELL_SSH_HOST') || setting(variables, 'CI_SERVER_HOST'),
        port: setting(variables, 'CI_SERVER_SHELL_SSH_PORT'),
      }
    : undefined;
  const config = runnerGitConfig(takeApart(payload.git_info.repo_url), ssh, job.correlationId);
  await writeFile(globalConfig, config, { mode: 0o600 });
  const environment = gitEnvironment(runner.environment, globalConfig);
  const git = new GitRunner(environment, control.job, (bytes) => log.output(bytes));
  return { ...parts, runner, payload, processes, mark, git };
};

const writeOpening = (runner: RunnerScope, log: JobLog): void => {
  log.plain(`Running with ${RUNNER_NAME} ${runner.version} (${runner.revision})`);
  log.plain(`  on ${runner.name} ${shortToken(runner.token)}, system ID: ${runner.systemId}`);
};

const writeEnding = (log: JobLog, failure: JobFailure | undefined): void => {
  if (failure === undefined) log.info('Job succeeded');
  else if (failure.reason === 'runner_system_failure') log.error(`Job failed (system failure): ${failure.message}`);
  else log.error(`Job failed: ${failure.message}`);
  log.flush();
};
