import { mkdir } from 'node:fs/promises';
import { runScript, ShellError } from '../process/run-script.ts';
import { gitlabEnvPath, writeFileVariables } from './file-variables.ts';
import { stopOf } from './job-control.ts';
import { exitFailure, type JobFailure, systemFailure } from './job-failure.ts';
import type { JobScope } from './job-scope.ts';
import { shellScript, unexportable } from './shell-script.ts';
import { parseBoolean, type ResolvedVariables, setting } from './variables.ts';

/**
 * Runs commands of the user in one new shell with the job's variables.
 * @returns why it failed (a `JobStop` when `stop` ended it), undefined when all went well.
 */
export const runCommands = async (
  scope: JobScope,
  commands: readonly string[],
  variables: ResolvedVariables,
  stop: AbortSignal,
): Promise<JobFailure | undefined> => {
  if (stop.aborted) return stopOf(stop);
  const { directories, log, runner } = scope;
  try {
    await writeFileVariables(directories.temp, variables);
    await mkdir(directories.project, { recursive: true });
    const skipped = unexportable(variables);
    if (skipped.length > 0) log.warning(`variables that a shell cannot take were left out: ${skipped.join(', ')}`);
    const end = await runScript({
      shell: runner.shell,
      script: shellScript({
        commands,
        variables,
        gitlabEnv: gitlabEnvPath(directories.temp),
        folder: directories.project,
        isTraced: isDebugTrace(variables),
      }),
      folder: directories.project,
      scratch: scope.scratch,
      environment: { ...runner.environment, ...scope.mark },
      processes: scope.processes,
      onOutput: (bytes) => log.output(bytes),
      stop,
      grace: runner.grace,
    });
    log.flush();
    if (end.kind === 'stopped') {
      if (end.survivors > 0) log.warning(`${end.survivors} processes could not be killed`);
      return stopOf(stop);
    }
    if (end.kind === 'killed') return exitFailure(-1);
    if (end.hadRest) log.warning('background processes kept the output open and were stopped');
    return end.code === 0 ? undefined : exitFailure(end.code);
  } catch (error) {
    if (error instanceof ShellError) return systemFailure(error);
    throw error;
  }
};

export const isDebugTrace = (variables: ResolvedVariables): boolean =>
  parseBoolean(setting(variables, 'CI_DEBUG_TRACE')) === true;
