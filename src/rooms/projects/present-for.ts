import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findUsersByIds, type User } from '../accounts/index.ts';
import { presentProject } from './present.ts';
import type { Project } from './project.ts';
import type { ProjectRepositories } from './repositories-question.ts';
import { ROLES } from './role.ts';
import { findMemberships, strongest } from './role-store.ts';

/** The entities of some projects as this viewer gets them. */
export const presentFor = async (
  deps: { readonly db: Db; readonly clock: Clock; readonly repositories: Pick<ProjectRepositories, 'isEmpty'> },
  viewer: User | undefined,
  projects: readonly Project[],
  baseUrl: string,
) => {
  const ids = projects.map((project) => project.id);
  const found = viewer === undefined ? undefined : await findMemberships(deps.db, viewer.id, ids, deps.clock.now());
  const owners = await findUsersByIds(deps.db, [
    ...new Set(projects.flatMap(({ namespace }) => (namespace.ownerId === null ? [] : [namespace.ownerId]))),
  ]);
  return Promise.all(
    projects.map(async (project) => {
      const memberships = found?.get(project.id) ?? { project: undefined, group: undefined };
      return presentProject(project, {
        baseUrl,
        viewer,
        memberships,
        role: viewer?.admin === true ? ROLES.owner : strongest(memberships),
        emptyRepository: viewer === undefined || (await deps.repositories.isEmpty(project)),
        owner: owners.find((owner) => owner.id === project.namespace.ownerId),
      });
    }),
  );
};
