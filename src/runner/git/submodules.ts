import { exitFailure } from '../job/job-failure.ts';
import type { SourceJob } from './source-job.ts';

/** Brings the submodules to the state that the commit names (GIT_SUBMODULE_STRATEGY normal or recursive). */
export const updateSubmodules = async (job: SourceJob, extraConfig: string): Promise<void> => {
  const { git, log, settings } = job;
  const folder = job.directories.project;
  const isRecursive = settings.submodules === 'recursive';
  const recursive = isRecursive ? ['--recursive'] : [];
  const paths = settings.submodulePaths.length === 0 ? [] : ['--', ...settings.submodulePaths];
  const depth = settings.submoduleDepth;
  const depthText = depth > 0 ? ` with git depth set to ${depth}` : '';
  log.info(`Updating/initializing submodules${isRecursive ? ' recursively' : ''}${depthText}...`);

  const must = async (...args: string[]): Promise<void> => {
    const { code } = await git.run(['submodule', ...args], folder);
    if (code !== 0) throw exitFailure(code);
  };
  const forEach = (...command: string[]): Promise<void> => must('foreach', '--quiet', ...recursive, 'git', ...command);
  const clean = async (): Promise<void> => {
    if (settings.cleanFlags !== undefined) await forEach('clean', '-q', ...settings.cleanFlags);
  };

  await must('init', ...paths);
  await must('sync', '--quiet', ...recursive, ...paths);
  await clean();
  await forEach('reset', '--hard', '--quiet');
  const update = [
    'update',
    '--init',
    ...recursive,
    ...(depth > 0 ? ['--depth', String(depth)] : []),
    ...settings.submoduleFlags,
    ...paths,
  ];
  const first = await git.run(['submodule', ...update], folder);
  if (first.code !== 0) {
    log.warning('Updating submodules failed. Retrying...');
    await must('sync', '--quiet', ...recursive, ...paths);
    await must(...update);
    await forEach('reset', '--hard', '--quiet');
  }
  await clean();
  await forEach('config', '--replace-all', 'include.path', extraConfig);
  if (!settings.skipsLfs && (await job.hasLfs())) await forEach('lfs', 'pull');
};
