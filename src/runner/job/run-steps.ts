import type { JobStep } from '../../wire/runner-protocol.ts';
import { formatGoDuration, parseGoDuration } from './go-duration.ts';
import { goExpand } from './go-expand.ts';
import { type JobFailure, JobStop } from './job-failure.ts';
import type { JobScope, JobStatusWord } from './job-scope.ts';
import { runCommands } from './run-commands.ts';
import { parseBoolean, setting } from './variables.ts';

const AFTER_SCRIPT_TIMEOUT_MS = 300_000;

/** CI_JOB_STATUS for what runs after the scripts. */
export const statusWord = (failure: JobFailure | undefined): JobStatusWord => {
  if (failure === undefined) return 'success';
  if (failure instanceof JobStop && failure.kind === 'timeout') return 'timedout';
  return failure instanceof JobStop && failure.kind === 'canceled' ? 'canceled' : 'failed';
};

/** Runs the job's scripts in order until one fails, then after_script. @returns the job's failure, if any. */
export const runSteps = async (scope: JobScope): Promise<JobFailure | undefined> => {
  const { control, payload } = scope;
  const steps = payload.steps.filter((step) => step.name !== 'after_script');
  const limit = timeLimit(scope, 'RUNNER_SCRIPT_TIMEOUT', undefined);
  const failure = await control.duringScripts(limit, async () => {
    for (const step of steps) {
      const failed = await runStep(scope, step);
      if (failed !== undefined) return failed;
    }
    return undefined;
  });
  if (control.job.aborted) return failure;
  const after = payload.steps.find((step) => step.name === 'after_script');
  if (after === undefined || after.script.length === 0) return failure;
  return (await runAfterScript(scope, after, failure)) ?? failure;
};

const runStep = (scope: JobScope, step: JobStep): Promise<JobFailure | undefined> => {
  const { control, log } = scope;
  const variables = scope.variables('running');
  const name = `step_${step.name}`;
  // Only the release step's lines are expanded by the runner itself.
  const commands =
    step.name === 'release'
      ? step.script.map((line) => goExpand(line, (key) => variables.get(key)?.value))
      : step.script;
  return log.section(name, `Executing "${name}" stage of the job script`, () =>
    runCommands(scope, commands, variables, control.script),
  );
};

/** A failing after_script is a warning, unless AFTER_SCRIPT_IGNORE_ERRORS is false and the job had succeeded. */
const runAfterScript = async (
  scope: JobScope,
  step: JobStep,
  before: JobFailure | undefined,
): Promise<JobFailure | undefined> => {
  const { control, log } = scope;
  const variables = scope.variables(statusWord(before));
  const limit = timeLimit(scope, 'RUNNER_AFTER_SCRIPT_TIMEOUT', AFTER_SCRIPT_TIMEOUT_MS) ?? AFTER_SCRIPT_TIMEOUT_MS;
  const own = new AbortController();
  const timer = setTimeout(
    () => own.abort(new JobStop('timeout', `execution took longer than ${formatGoDuration(limit)} seconds`)),
    limit,
  );
  try {
    const failure = await log.section('after_script', 'Running after_script', () => {
      log.info('Running after script...');
      return runCommands(scope, step.script, variables, AbortSignal.any([control.job, own.signal]));
    });
    if (failure === undefined || control.job.aborted) return failure;
    const isIgnored = parseBoolean(setting(variables, 'AFTER_SCRIPT_IGNORE_ERRORS')) !== false;
    if (!isIgnored) return before ?? failure;
    log.warning(`after_script failed, but job will continue unaffected: ${failure.message}`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
};

/** A duration from a variable, in milliseconds; malformed, negative or longer than the job's own is ignored, with a warning. */
const timeLimit = (scope: JobScope, key: string, byDefault: number | undefined): number | undefined => {
  const text = setting(scope.variables('running'), key);
  if (text === '') return byDefault;
  const limit = parseGoDuration(text);
  if (limit !== undefined && limit > 0 && limit <= jobTimeout(scope.payload.runner_info.timeout)) return limit;
  scope.log.warning(`Ignoring malformed or too long ${key} timeout: ${text}`);
  return byDefault;
};

/** Milliseconds of a job's timeout; GitLab's default is two hours. */
export const jobTimeout = (seconds: number | null | undefined): number =>
  (seconds === undefined || seconds === null || seconds <= 0 ? 7200 : seconds) * 1000;
