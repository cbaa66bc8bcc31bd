import type { User } from '../accounts/index.ts';
import type { Project } from './project.ts';

type HasRepository = Pick<Project, 'id'>;

/** What projects ask of their repositories (the room above; app/ hands in the answers). */
export interface ProjectRepositories {
  /** Makes the empty bare repository. Safe to repeat; called before the project's row exists. */
  readonly create: (project: Pick<Project, 'id' | 'defaultBranch'>) => Promise<void>;
  /** Undoes `create` for a project that did not come to be. */
  readonly remove: (project: HasRepository) => Promise<void>;
  /** Pushes a README to the default branch of a new project. */
  readonly initializeWithReadme: (project: Project, user: User) => Promise<void>;
  readonly isEmpty: (project: HasRepository) => Promise<boolean>;
  readonly hasBranch: (project: HasRepository, branch: string) => Promise<boolean>;
  /** Points HEAD, so that a clone checks out the default branch. */
  readonly pointHead: (project: HasRepository, branch: string) => Promise<void>;
}
