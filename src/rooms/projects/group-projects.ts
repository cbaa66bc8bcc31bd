import type { ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { type GroupProjects, isCurrent, moreOpenThan, VISIBILITIES } from '../groups/index.ts';
import { type EndProjectDeps, endProject } from './end-project.ts';
import { listProjects } from './list-store.ts';
import { presentFor } from './present-for.ts';
import { findProjectByPath, selectProjects } from './project-store.ts';
import { followNamespacePaths } from './redirect-store.ts';
import type { ProjectRepositories } from './repositories-question.ts';

export interface GroupProjectsDeps extends EndProjectDeps {
  readonly db: Db;
  readonly repositories: Pick<ProjectRepositories, 'isEmpty'>;
}

/** Projects that a group's own entity shows. */
const SHOWN = 100;

/** Hides all projects of these namespaces and lets each end as `deleteProject` does. */
const deleteProjectsIn = async (deps: EndProjectDeps, tx: Tx, namespaceIds: readonly number[]): Promise<void> => {
  const rows = await selectProjects(tx)
    .select('projects.id')
    .where('projects.namespace_id', 'in', namespaceIds)
    .orderBy('projects.id')
    .execute();
  for (const { id } of rows) await endProject(deps, tx, id as ProjectId);
};

/** What the room of groups asks of the projects in them. */
export const groupProjects = (deps: GroupProjectsDeps): GroupProjects => ({
  present: async (viewer, groupId, baseUrl) => {
    const filter = { inGroup: { id: groupId, withSubgroups: false } };
    const page = { limit: SHOWN, offset: 0, orderBy: 'id', sort: 'desc' } as const;
    return presentFor(deps, viewer, await listProjects(deps.db, viewer, filter, page, deps.clock.now()), baseUrl);
  },
  namespacesOfMember: async (db, userId, now) => {
    const rows = await db
      .selectFrom('project_members')
      .innerJoin('projects', 'projects.id', 'project_members.project_id')
      .select('projects.namespace_id')
      .distinct()
      .where('project_members.user_id', '=', userId)
      .where('projects.deleted_at', 'is', null)
      .where(isCurrent('project_members', now))
      .execute();
    return rows.map((row) => row.namespace_id);
  },
  findMostOpen: async (db, namespaceIds) => {
    const rows = await selectProjects(db)
      .select('projects.visibility')
      .distinct()
      .where('projects.namespace_id', 'in', namespaceIds)
      .execute();
    return VISIBILITIES.toReversed().find((visibility) => rows.some((row) => row.visibility === visibility));
  },
  hasPath: async (db, fullPath) => (await findProjectByPath(db, fullPath)) !== undefined,
  followPaths: followNamespacePaths,
  limitVisibility: async (tx, namespaceIds, visibility, now) => {
    await tx
      .updateTable('projects')
      .set({ visibility, updated_at: now })
      .where('namespace_id', 'in', namespaceIds)
      .where('visibility', 'in', moreOpenThan(visibility))
      .execute();
  },
  deleteIn: (tx, namespaceIds) => deleteProjectsIn(deps, tx, namespaceIds),
});
