import type { Project } from '../../projects/index.ts';

/** Projects and repositories of payloads. Pure. `baseUrl`: `https://host/root`, no slash at the end. */

const VISIBILITY_LEVELS = { private: 0, internal: 10, public: 20 } as const;

export const projectUrl = (project: Pick<Project, 'fullPath'>, baseUrl: string): string =>
  `${baseUrl}/${project.fullPath}`;

const sshUrl = (project: Project, baseUrl: string): string =>
  `git@${new URL(baseUrl).hostname}:${project.fullPath}.git`;

const httpUrl = (project: Project, baseUrl: string): string => `${projectUrl(project, baseUrl)}.git`;

/** `project` of pipelines and jobs. */
export const projectBlock = (project: Project, baseUrl: string) => ({
  id: project.id,
  name: project.name,
  description: project.description,
  web_url: projectUrl(project, baseUrl),
  avatar_url: null,
  git_ssh_url: sshUrl(project, baseUrl),
  git_http_url: httpUrl(project, baseUrl),
  namespace: project.namespace.name,
  visibility_level: VISIBILITY_LEVELS[project.visibility],
  path_with_namespace: project.fullPath,
  default_branch: project.defaultBranch,
  ci_config_path: project.ciConfigPath,
});

/** `project` of everything else: with the names that the addresses had before. */
export const projectBlockWithUrls = (project: Project, baseUrl: string) => ({
  ...projectBlock(project, baseUrl),
  homepage: projectUrl(project, baseUrl),
  url: sshUrl(project, baseUrl),
  ssh_url: sshUrl(project, baseUrl),
  http_url: httpUrl(project, baseUrl),
});

/** `repository`, which GitLab keeps for old receivers. */
export const repositoryBlock = (project: Project, baseUrl: string) => ({
  name: project.name,
  url: sshUrl(project, baseUrl),
  description: project.description,
  homepage: projectUrl(project, baseUrl),
});

/** The same in pushes and jobs. */
export const repositoryBlockWithUrls = (project: Project, baseUrl: string) => ({
  ...repositoryBlock(project, baseUrl),
  git_http_url: httpUrl(project, baseUrl),
  git_ssh_url: sshUrl(project, baseUrl),
  visibility_level: VISIBILITY_LEVELS[project.visibility],
});
