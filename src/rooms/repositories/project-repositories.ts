import type { Clock } from '../../kit/clock.ts';
import { newCommit, newObject, TreeEditor, writeObjects, ZERO_SHA } from '../../platform/git/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import type { Push } from './push-journal.ts';
import type { RefUpdate } from './pushed.ts';
import { type RepositoryDeps, repositoryOf } from './repositories.ts';
import { createRepository, pointHead, removeRepository } from './repository-folder.ts';
import { findBranch, hasBranches } from './resolve-ref.ts';

export interface ProjectRepositoriesDeps extends RepositoryDeps {
  readonly clock: Clock;
  /** Moves refs as a push does. */
  readonly moveRefs: (push: Push, updates: readonly RefUpdate[]) => Promise<void>;
}

/** Answers to what the projects room asks of repositories; app hands them in. */
export const projectRepositories = (deps: ProjectRepositoriesDeps) => ({
  create: (project: Pick<Project, 'id' | 'defaultBranch'>): Promise<void> => createRepository(deps, project),
  remove: (project: Pick<Project, 'id'>): Promise<void> => removeRepository(deps, project),
  initializeWithReadme: (project: Project, user: User): Promise<void> => initializeWithReadme(deps, project, user),
  isEmpty: async (project: Pick<Project, 'id'>): Promise<boolean> => !(await hasBranches(deps, project)),
  hasBranch: async (project: Pick<Project, 'id'>, branch: string): Promise<boolean> =>
    (await findBranch(deps, project, branch)) !== undefined,
  pointHead: (project: Pick<Project, 'id'>, branch: string): Promise<void> => pointHead(deps, project, branch),
});

/** The first commit of a new project, as a push of its creator. */
const initializeWithReadme = async (deps: ProjectRepositoriesDeps, project: Project, user: User): Promise<void> => {
  const repository = repositoryOf(deps, project);
  const blob = newObject('blob', Buffer.from(`# ${project.name}\n\n${project.description ?? ''}\n`));
  const editor = new TreeEditor(repository, undefined);
  await editor.put('README.md', '100644', blob.sha);
  const { treeSha, objects } = editor.build();
  const who = { name: user.name, email: user.email, at: deps.clock.now() };
  const commit = newCommit({ treeSha, parentShas: [], author: who, committer: who, message: 'Initial commit' });
  await writeObjects(repository, [blob, ...objects, commit]);
  const push = { projectId: project.id, userId: user.id, pushOptions: [], viaJobToken: false };
  await deps.moveRefs(push, [{ ref: `refs/heads/${project.defaultBranch}`, old: ZERO_SHA, new: commit.sha }]);
};
