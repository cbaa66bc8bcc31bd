import { join, resolve, sep } from 'node:path';
import type { JobPayload } from '../../wire/runner-protocol.ts';

/** Where one job works. All paths are absolute. */
export interface JobDirectories {
  /** CI_BUILDS_DIR. */
  readonly builds: string;
  /** CI_PROJECT_DIR; later jobs of the same project in the same slot find it again. */
  readonly project: string;
  /** RUNNER_TEMP_PROJECT_DIR: file variables, GITLAB_ENV, git's credentials. */
  readonly temp: string;
  /** Folder of the project's caches, shared by all slots. */
  readonly cache: string;
}

/** The part of the runner's token that GitLab shows: 9 characters after the prefix. */
export const shortToken = (token: string): string =>
  token.replace(/^(glrt-(t[123]_)?|t[123]_|glrtr-|glcbt-|GR[0-9A-Fa-f]{7})/, '').slice(0, 9);

/** Path of the repository's URL without `.git`; `project-<id>` when the URL names no host. */
export const repositoryPath = (repoUrl: string, projectId: number): string => {
  const fallback = `project-${projectId}`;
  let url: URL;
  try {
    url = new URL(repoUrl);
  } catch {
    return fallback;
  }
  if (url.hostname === '') return fallback;
  const parts = decode(url.pathname)
    .replace(/\.git\/*$/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  return parts.length === 0 ? fallback : join(...parts);
};

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** @param slot CI_CONCURRENT_PROJECT_ID. @param isEmptyStrategy GIT_STRATEGY=empty works in a folder of its own. */
export const jobDirectories = (
  roots: { readonly builds: string; readonly cache: string },
  payload: JobPayload,
  runnerToken: string,
  slot: number,
  isEmptyStrategy: boolean,
): JobDirectories => {
  const path = repositoryPath(payload.git_info.repo_url, payload.job_info.project_id);
  const builds = resolve(roots.builds);
  const project = join(builds, shortToken(runnerToken), String(slot), path) + (isEmptyStrategy ? '-empty' : '');
  return { builds, project, temp: `${project}.tmp`, cache: join(resolve(roots.cache), path) };
};

/** True when `path` lies inside `folder` or is it. Both absolute; nothing on disk is looked at. */
export const isInside = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);
