import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delay } from '../delay.ts';
import { exitFailure } from '../job/job-failure.ts';
import type { JobLog } from '../trace/job-log.ts';
import { includeConfig, jobGitConfig, originConfig, type RepositoryUrl, takeApart } from './git-config.ts';
import type { GitEnd } from './git-runner.ts';
import { looksLikeOutage, waitForServer } from './server-outage.ts';
import type { SourceJob } from './source-job.ts';
import { updateSubmodules } from './submodules.ts';
import { appendConfig, emptyFolder, ensureFolder, hasRepository, isShallow, scrubRepository } from './work-tree.ts';

/** Tries while the server answers but drops the transfer. While it cannot be reached at all there is no limit. */
const BROKEN_TRANSFERS = 5;

/** Brings the project directory to the job's commit, by GIT_STRATEGY. @throws JobFailure when git fails. */
export const getSources = async (job: SourceJob): Promise<void> => {
  const { settings, directories, log } = job;
  if (settings.strategy === 'none') {
    log.info('Skipping Git repository setup');
    await ensureFolder(directories.project);
    skipCheckout(log);
    return;
  }
  if (settings.strategy === 'empty') {
    log.info('Skipping Git repository setup and creating an empty build directory');
    await emptyFolder(directories.project);
    skipCheckout(log);
    return;
  }
  await ensureFolder(directories.project);
  await job.runHook('pre_get_sources_script');
  if (settings.strategy === 'clone') await emptyFolder(directories.project);
  const url = takeApart(job.payload.git_info.repo_url);
  const isReused = await hasRepository(directories.project);
  await fetchAndCheckOut(job, url, isReused);

  const extraConfig = join(directories.temp, '.gitlab-runner.ext.conf');
  if (settings.isCheckedOut && settings.submodules !== 'none') {
    await updateSubmodules(job, extraConfig);
  } else {
    log.info('Skipping Git submodules setup');
  }
  await writeFile(extraConfig, jobGitConfig(url), { mode: 0o600 });
  await appendConfig(directories.project, includeConfig(extraConfig));
  await job.runHook('post_get_sources_script');
};

const skipCheckout = (log: JobLog): void => {
  log.info('Skipping Git checkout');
  log.info('Skipping Git submodules setup');
};

/** A reused checkout that turns out to be broken is thrown away and made anew, once. */
const fetchAndCheckOut = async (job: SourceJob, url: RepositoryUrl, isReused: boolean): Promise<void> => {
  const end = await trySources(job, url, isReused);
  if (end.code === 0) return;
  const isHopeless = /couldn't find remote ref|Authentication failed|returned error: 40[134]|not found/i.test(end.said);
  if (!isReused || isHopeless) throw exitFailure(end.code);
  job.log.warning('the existing checkout cannot be used, starting with an empty one');
  await emptyFolder(job.directories.project);
  const second = await trySources(job, url, false);
  if (second.code !== 0) throw exitFailure(second.code);
};

const trySources = async (job: SourceJob, url: RepositoryUrl, isReused: boolean): Promise<GitEnd> => {
  const { directories, git, log, payload, settings } = job;
  const folder = directories.project;
  const depth = settings.depth > 0 ? ` with git depth set to ${settings.depth}` : '';
  log.info(`Fetching changes${depth}...`);
  if (isReused) await scrubRepository(folder);
  const format = payload.git_info.repo_object_format === 'sha256' ? ['--object-format=sha256'] : [];
  const initialized = await git.ask(['init', '--quiet', '--template=', ...format, folder], folder);
  if (initialized.code !== 0) {
    log.output(Buffer.from(initialized.said));
    return initialized;
  }
  await appendConfig(folder, originConfig(url.bare));
  const verb = isReused ? 'Reinitialized existing' : 'Initialized empty';
  log.output(Buffer.from(`${verb} Git repository in ${join(folder, '.git')}/\n`));
  if (!isReused) log.info('Created fresh repository.');
  const fetched = await fetchRefs(job, url);
  return fetched.code !== 0 || !settings.isCheckedOut ? finishWithout(job, fetched) : checkOut(job);
};

const finishWithout = (job: SourceJob, end: GitEnd): GitEnd => {
  if (end.code === 0) job.log.info('Skipping Git checkout');
  return end;
};

const fetchRefs = async (job: SourceJob, url: RepositoryUrl): Promise<GitEnd> => {
  const { directories, git, log, payload, settings, stop } = job;
  const folder = directories.project;
  const isUnshallowed = settings.depth === 0 && (await isShallow(folder));
  const args = [
    'fetch',
    '--no-recurse-submodules',
    ...(settings.depth > 0 ? ['--depth', String(settings.depth)] : []),
    ...(isUnshallowed ? ['--unshallow'] : []),
    ...settings.fetchFlags,
    '--end-of-options',
    'origin',
    ...payload.git_info.refspecs,
  ];
  for (let broken = 0; ; ) {
    const end = await git.run(args, folder);
    if (end.code === 0 || url.server === undefined || !looksLikeOutage(end.said)) return end;
    broken += 1;
    if (broken > BROKEN_TRANSFERS) return end;
    log.warning('the server cannot be reached, waiting for it...');
    if (await waitForServer(url.server, stop)) broken = 0;
    await delay(100 * broken, stop);
    stop.throwIfAborted();
  }
};

const checkOut = async (job: SourceJob): Promise<GitEnd> => {
  const { directories, git, log, payload, settings } = job;
  const { ref, sha } = payload.git_info;
  const folder = directories.project;
  log.info(`Checking out ${sha.slice(0, 8)} as detached HEAD (ref is ${ref})...`);
  const commit = /^[0-9a-f]{8,64}$/i.test(sha) ? sha : 'invalid-commit-id';
  const end = await git.run(['-c', 'submodule.recurse=false', 'checkout', '--force', '--quiet', commit], folder);
  if (end.code !== 0) return end;
  if (settings.cleanFlags !== undefined) {
    const cleaned = await git.run(['clean', ...settings.cleanFlags], folder);
    if (cleaned.code !== 0) return cleaned;
  }
  if (!settings.skipsLfs && (await job.hasLfs())) return git.run(['lfs', 'pull'], folder);
  return end;
};
