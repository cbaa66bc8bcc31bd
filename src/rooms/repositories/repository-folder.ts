import { mkdir } from 'node:fs/promises';
import { initRepository, removeRepositoryFolder, setDefaultBranch } from '../../platform/git/index.ts';
import { type HasRepository, type RepositoryDeps, repositoryOf } from './repositories.ts';

/** Makes the project's empty bare repository. Safe to repeat. */
export const createRepository = async (
  deps: RepositoryDeps,
  project: HasRepository & { readonly defaultBranch: string },
): Promise<void> => {
  await mkdir(deps.repositoriesFolder, { recursive: true });
  await initRepository(repositoryOf(deps, project), project.defaultBranch);
};

/** Deletes the project's repository with everything in it. Safe to repeat. */
export const removeRepository = (deps: RepositoryDeps, project: HasRepository): Promise<void> =>
  removeRepositoryFolder(repositoryOf(deps, project));

/** Points the repository's HEAD to the project's default branch: what a clone checks out. */
export const pointHead = (deps: RepositoryDeps, project: HasRepository, defaultBranch: string): Promise<void> =>
  setDefaultBranch(repositoryOf(deps, project), defaultBranch);
