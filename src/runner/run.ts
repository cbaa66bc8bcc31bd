import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { Coordinator, type JobRequestOutcome } from './api/coordinator.ts';
import type { UnreadableJob } from './api/decode-payload.ts';
import { HttpClient } from './api/http-client.ts';
import { delay } from './delay.ts';
import { executeJob } from './job/execute-job.ts';
import type { RunnerScope } from './job/job-scope.ts';
import { reportSystemFailure } from './job/report-failure.ts';
import { makeTools } from './make-tools.ts';
import { recoverOrphans } from './orphans.ts';
import { POLL_TIMING, PollRhythm, type PollTiming } from './poll-rhythm.ts';
import { cleanEnvironment } from './process/clean-environment.ts';
import { architecture, RUNNER_NAME, runnerInfo } from './runner-info.ts';
import type { RunnerLog } from './runner-log.ts';
import { lockRunnerState, systemIdOf } from './runner-state.ts';
import { Slots } from './slots.ts';
import { DEFAULT_OUTPUT_LIMIT } from './trace/trace-buffer.ts';
import { TRACE_TIMING, type TraceTiming } from './trace/trace-sender.ts';

export interface RunnerOptions {
  /** The server, `http://host:port`, with a relative root if it has one. */
  readonly url: string;
  /** A file in which the server writes its address at each start; wins over `url` while it can be read. */
  readonly urlFile?: string;
  /** Runner authentication token (`glrt-…`). */
  readonly token: string;
  /** Jobs at the same time; 1 and more. */
  readonly concurrency: number;
  /** Holds builds, caches and what is known of running jobs. One runner per folder. */
  readonly stateDir: string;
  readonly log: RunnerLog;
  /** Aborts: running jobs are stopped and reported as interrupted. */
  readonly signal: AbortSignal;
  /** Aborts: no new jobs; the running ones are finished. */
  readonly drain?: AbortSignal;
  /** Default: kept in the state folder, so that a restart is the same runner to the server. */
  readonly systemId?: string;
  /** Default `bash` from PATH. */
  readonly shell?: string;
  /** Login shells read the user's profile in each stage, as with gitlab-runner; off by default, see `shellCommand`. */
  readonly isLoginShell?: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly revision?: string;
  /** The runner's own environment, of which a small part reaches jobs. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly timing?: Partial<TraceTiming>;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace?: number;
  /** Bytes of log per job. */
  readonly outputLimit?: number;
  readonly polling?: Partial<PollTiming>;
  /** The command that jobs find as `release-cli` where their PATH has none. */
  readonly releaseCli?: readonly string[];
}

/**
 * Runs jobs of one server until `signal` or `drain` aborts. Speaks only HTTP to it and outlives its restarts.
 * @throws StateInUseError when another runner works in `stateDir`; Error for a URL that is none.
 */
export const runRunner = async (options: RunnerOptions): Promise<void> => {
  const { log } = options;
  const version = options.version ?? '0.0.0';
  const revision = options.revision ?? 'unknown';
  const systemId = options.systemId ?? (await systemIdOf(options.stateDir));
  const agent = `${RUNNER_NAME} ${version} (${revision}; node${process.versions.node}; ${process.platform}/${architecture()})`;
  const http = new HttpClient(() => currentUrl(options), agent);
  const coordinator = new Coordinator(http, options.token, systemId, runnerInfo(version, revision));
  const unlock = await lockRunnerState(options.stateDir, { systemId, url: options.url, version });
  try {
    const scope = await makeScope(options, { coordinator, systemId, version, revision });
    log.info('runner started', { url: currentUrl(options), systemId, concurrency: options.concurrency });
    const { jobs } = scope.roots;
    const giveUp = new AbortController();
    const { reported } = await recoverOrphans({ jobs, coordinator, log, timing: scope.timing, signal: giveUp.signal });
    await takeJobs(options, scope, () => http.close());
    // A call that is under way may end; what finds no server is kept.
    const settled = new AbortController();
    await Promise.race([reported.then(() => settled.abort()), delay(1000, settled.signal)]);
    giveUp.abort();
    http.close();
    await reported;
  } finally {
    http.close();
    await unlock();
    log.info('runner ended');
  }
};

const currentUrl = (options: RunnerOptions): string => {
  if (options.urlFile === undefined) return options.url;
  try {
    const url = readFileSync(options.urlFile, 'utf8').trim();
    return URL.canParse(url) ? url : options.url;
  } catch {
    return options.url;
  }
};

/**
 * gitlab-runner starts `bash -l`. A login shell runs /etc/profile and the user's profile in every stage: on Debian that
 * replaces PATH, and a version manager in it costs hundreds of milliseconds. Without it PATH is the runner's own.
 */
const shellCommand = (options: RunnerOptions): readonly [string, ...string[]] => {
  const shell = options.shell ?? 'bash';
  return options.isLoginShell === true ? [shell, '-l'] : [shell, '--noprofile', '--norc'];
};

const makeScope = async (
  options: RunnerOptions,
  parts: Pick<RunnerScope, 'coordinator' | 'systemId' | 'version' | 'revision'>,
): Promise<RunnerScope> => {
  const state = await realpath(options.stateDir);
  const roots = { builds: join(state, 'builds'), cache: join(state, 'cache'), jobs: join(state, 'jobs') };
  for (const folder of Object.values(roots)) await mkdir(folder, { recursive: true });
  await chmod(roots.jobs, 0o700);
  const home = join(state, 'home');
  const environment = cleanEnvironment(options.environment ?? process.env, userHome() ?? home);
  if (environment['HOME'] === home) await mkdir(home, { recursive: true });
  const tools = await makeTools(state, options.releaseCli);
  const lfs = succeeds('git', ['lfs', 'version'], environment);
  return {
    ...parts,
    log: options.log,
    token: options.token,
    name: options.name ?? hostname(),
    shell: shellCommand(options),
    // Behind everything else: a program that is installed wins.
    environment: tools === undefined ? environment : { ...environment, PATH: `${environment['PATH']}:${tools}` },
    roots,
    grace: options.grace ?? 10_000,
    timing: { ...TRACE_TIMING, ...options.timing },
    outputLimit: options.outputLimit ?? DEFAULT_OUTPUT_LIMIT,
    hasLfs: () => lfs,
  };
};

const userHome = (): string | undefined => {
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
};

const succeeds = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(command, [...args], { env }, (error) => resolve(error === null));
  });

/** Polls while slots are free, one request at a time, and runs what comes. Returns when all jobs have ended. */
const takeJobs = async (options: RunnerOptions, scope: RunnerScope, cutCalls: () => void): Promise<void> => {
  const timing = { ...POLL_TIMING, ...options.polling };
  const stopped = AbortSignal.any([options.signal, ...(options.drain === undefined ? [] : [options.drain])]);
  const giveUp = new AbortController();
  setMaxListeners(0, options.signal, stopped, giveUp.signal);
  const slots = new Slots(options.concurrency);
  const running = new Set<Promise<void>>();
  const start = (outcome: JobRequestOutcome & { kind: 'job' }): void => {
    const { payload, correlationId } = outcome;
    const slot = slots.take(payload.job_info.project_id);
    options.log.info('job received', { job: payload.id, slot: slot.runner });
    const job = { payload, slot, correlationId, interrupt: options.signal, giveUp: giveUp.signal };
    const run = executeJob(scope, job).finally(() => {
      running.delete(run);
      slot.release();
    });
    running.add(run);
  };
  await poll(scope, slots, stopped, timing, start);
  let timer: NodeJS.Timeout | undefined;
  const limit = (): void => {
    timer = setTimeout(() => {
      giveUp.abort();
      cutCalls();
    }, timing.shutdown);
  };
  if (options.signal.aborted) limit();
  else options.signal.addEventListener('abort', limit, { once: true });
  await Promise.all(running);
  clearTimeout(timer);
};

const poll = async (
  scope: RunnerScope,
  slots: Slots,
  stopped: AbortSignal,
  timing: PollTiming,
  start: (outcome: JobRequestOutcome & { kind: 'job' }) => void,
): Promise<void> => {
  const rhythm = new PollRhythm(timing);
  let cursor: string | undefined;
  let reachedAt = performance.now();
  for (;;) {
    await slots.untilFree(stopped);
    if (stopped.aborted) return;
    const began = performance.now();
    let outcome: JobRequestOutcome;
    try {
      outcome = await scope.coordinator.requestJob(cursor, stopped);
    } catch (error) {
      if (stopped.aborted) return;
      throw error;
    }
    if (outcome.kind !== 'unreachable') reachedAt = performance.now();
    else if (performance.now() - reachedAt > timing.abandonAfter) {
      scope.log.warn('the server has been gone for too long; ending when the running jobs have ended');
      return;
    }
    if (outcome.kind === 'job') start(outcome);
    else if (outcome.kind === 'unreadable') void reportUnreadable(scope, outcome.job, stopped);
    const isNews = outcome.kind === 'none' && outcome.cursor !== undefined && outcome.cursor !== cursor;
    if (outcome.kind === 'none') cursor = outcome.cursor ?? cursor;
    if (outcome.kind === 'forbidden') scope.log.error('the server refuses this runner (403)');
    await delay(rhythm.pauseAfter(outcome, performance.now() - began, isNews), stopped);
  }
};

/** A job that cannot be read is failed on the server, if it can at least be named. */
const reportUnreadable = async (scope: RunnerScope, job: UnreadableJob, stopped: AbortSignal): Promise<void> => {
  scope.log.error('the server sent a job that cannot be read', { job: job.id, field: job.field });
  if (job.id === undefined || job.token === undefined) return;
  const patience = { reportFor: scope.timing.reportFor, signal: stopped };
  await reportSystemFailure(scope.coordinator, { id: job.id, token: job.token }, patience);
};
