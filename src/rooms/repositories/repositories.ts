import { join } from 'node:path';
import type { ProjectId } from '../../kit/ids.ts';
import { Git, type Repository } from '../../platform/git/index.ts';
import { PathCache } from './path-cache.ts';

/** Everything that has a repository: a project, or just its id. */
export interface HasRepository {
  readonly id: ProjectId;
}

/** Where the repositories are and what is kept open of them. What the room's reading verbs take first. */
export interface RepositoryDeps {
  readonly git: Git;
  /** Absolute path: `<data>/repositories`. */
  readonly repositoriesFolder: string;
  readonly pathCache: PathCache;
}

/** One for the whole server. `git.close()` ends the processes that it keeps open. */
export const openRepositories = (
  repositoriesFolder: string,
  options: { readonly maxProcesses?: number; readonly idleMs?: number } = {},
): RepositoryDeps => ({ git: new Git(options), repositoriesFolder, pathCache: new PathCache() });

/** The bare repository of a project: `<data>/repositories/<id>.git`. It is a handle; nothing is opened. */
export const repositoryOf = (deps: RepositoryDeps, project: HasRepository): Repository =>
  deps.git.repository(join(deps.repositoriesFolder, `${Math.trunc(project.id)}.git`));
