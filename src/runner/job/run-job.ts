import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { downloadArtifacts, hasArtifacts } from '../artifacts/download-artifacts.ts';
import { hasSelection, isUploaded, uploadArtifact } from '../artifacts/upload-artifacts.ts';
import { restoreCaches, saveCaches } from '../cache/job-caches.ts';
import { getSources } from '../git/get-sources.ts';
import { sourceSettings } from '../git/source-settings.ts';
import { resolveSecrets } from '../secrets/resolve-secrets.ts';
import { prepareTemp, readGitlabEnv } from './file-variables.ts';
import { stopOf } from './job-control.ts';
import { JobFailure, systemFailure } from './job-failure.ts';
import type { JobScope } from './job-scope.ts';
import { retried } from './retried.ts';
import { runCommands } from './run-commands.ts';
import { runSteps, statusWord } from './run-steps.ts';
import { environmentOf } from './variables.ts';

/**
 * All stages of a job in gitlab-runner's order. Never throws.
 * @returns why the job failed, undefined when it succeeded.
 */
export const runJob = async (scope: JobScope): Promise<JobFailure | undefined> => {
  const { control, directories } = scope;
  try {
    await resolveSecrets(scope);
    await prepare(scope);
    let failure = await caught(() => fetchInputs(scope));
    failure ??= await caught(() => runSteps(scope));
    control.job.throwIfAborted();
    const environment = await lateEnvironment(scope, failure);
    await saveCaches(scope, environment, failure === undefined, () => listUntracked(scope));
    failure = await uploads(scope, environment, failure);
    control.job.throwIfAborted();
    await scope.log.section('cleanup_file_variables', 'Cleaning up project directory and file based variables', () =>
      rm(directories.temp, { recursive: true, force: true }),
    );
    return failure;
  } catch (error) {
    // gitlab-runner leaves secrets on disk when the job is ended from outside; there is no reason to.
    await rm(directories.temp, { recursive: true, force: true }).catch(() => {});
    if (control.job.aborted) return stopOf(control.job);
    return error instanceof JobFailure ? error : systemFailure(error);
  }
};

/** Turns a thrown JobFailure into a value, unless the whole job is over. */
const caught = async (work: () => Promise<JobFailure | undefined | void>): Promise<JobFailure | undefined> => {
  try {
    return (await work()) ?? undefined;
  } catch (error) {
    if (error instanceof JobFailure) return error;
    throw error;
  }
};

const prepare = async ({ directories, log }: JobScope): Promise<void> => {
  await log.section('prepare_executor', 'Preparing the "shell" executor', async () => {
    log.info('Using Shell (bash) executor...');
  });
  await log.section('prepare_script', 'Preparing environment', async () => {
    log.output(Buffer.from(`Running on ${hostname()}...\n`));
    await prepareTemp(directories.temp);
  });
};

/** Everything that a script expects to find: sources, then artifacts of other jobs. */
const fetchInputs = async (scope: JobScope): Promise<void> => {
  const { control, directories, git, log, payload } = scope;
  const variables = scope.variables('running');
  await log.section('get_sources', 'Getting source from Git repository', () => {
    const settings = sourceSettings(payload, variables, (text) => log.warning(text));
    const runHook = async (name: string): Promise<void> => {
      for (const hook of payload.hooks ?? []) {
        if (hook.name !== name || hook.script.length === 0) continue;
        const failure = await runCommands(scope, hook.script, variables, control.job);
        if (failure !== undefined) throw failure;
      }
    };
    const { hasLfs } = scope.runner;
    const job = { payload, settings, directories, git, log, stop: control.job, runHook, hasLfs };
    return retried(scope, 'GET_SOURCES_ATTEMPTS', () => getSources(job));
  });
  control.job.throwIfAborted();
  await restoreCaches(scope);
  const dependencies = (payload.dependencies ?? []).filter(hasArtifacts);
  if (dependencies.length === 0) return;
  await log.section('download_artifacts', 'Downloading artifacts', () =>
    retried(scope, 'ARTIFACT_DOWNLOAD_ATTEMPTS', async () => {
      for (const dependency of dependencies) {
        const { coordinator } = scope.runner;
        const job = { coordinator, project: directories.project, scratch: scope.scratch, log, stop: control.job };
        await downloadArtifacts(job, dependency);
      }
    }),
  );
};

/** What names and paths of artifacts and caches see: the final status, and what scripts wrote to GITLAB_ENV. */
const lateEnvironment = async (
  scope: JobScope,
  failure: JobFailure | undefined,
): Promise<ReadonlyMap<string, string>> =>
  new Map([...environmentOf(scope.variables(statusWord(failure))), ...(await readGitlabEnv(scope.directories.temp))]);

const listUntracked = async ({ control, directories, git }: JobScope): Promise<readonly string[]> => {
  // A job without sources has no repository to ask.
  const asked = await git.ask(['ls-files', '-o', '-z'], directories.project).catch(() => undefined);
  control.job.throwIfAborted();
  return (asked?.stdout.toString('utf8') ?? '').split('\0').filter((path) => path !== '');
};

/** Uploads after success or failure; a failed upload fails a job that had succeeded. */
const uploads = async (
  scope: JobScope,
  environment: ReadonlyMap<string, string>,
  failure: JobFailure | undefined,
): Promise<JobFailure | undefined> => {
  const { control, directories, log, payload } = scope;
  const succeeded = failure === undefined;
  const chosen = (payload.artifacts ?? []).filter(
    (artifact) => hasSelection(artifact) && isUploaded(artifact.when, succeeded),
  );
  if (chosen.length === 0) return failure;
  const job = {
    coordinator: scope.runner.coordinator,
    key: scope.key,
    project: directories.project,
    environment,
    listUntracked: () => listUntracked(scope),
    log,
    stop: control.job,
  };
  const [name, heading] = succeeded
    ? ['upload_artifacts_on_success', 'Uploading artifacts for successful job']
    : ['upload_artifacts_on_failure', 'Uploading artifacts for failed job'];
  const uploadFailure = await log.section(name, heading, () =>
    caught(async () => {
      for (const artifact of chosen) await uploadArtifact(job, artifact);
    }),
  );
  return failure ?? uploadFailure;
};
