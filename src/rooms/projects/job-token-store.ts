import { sql } from 'kysely';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { type Group, readGroups, selectGroups, selfAndAncestors } from '../groups/index.ts';
import type { Project } from './project.ts';
import { PROJECT_SELECTION, selectProjects, toProject } from './project-store.ts';

/** Whether jobs of `sourceId` stand on the allowlist of `projectId`, by themselves or by a group above them. */
export const isOnAllowlist = async (db: Db, projectId: ProjectId, sourceId: ProjectId): Promise<boolean> => {
  const namespace = sql`(select projects.namespace_id from projects where projects.id = ${sourceId})`;
  const { rows } = await sql`
    select 1 from job_token_scope_projects where project_id = ${projectId} and source_project_id = ${sourceId}
    union all
    select 1 from job_token_scope_groups where project_id = ${projectId}
      and source_namespace_id in ${selfAndAncestors(namespace)}
    limit 1`.execute(db);
  return rows.length > 0;
};

/** The allowlist in the order of ids, without the project itself. */
export const listAllowedProjects = async (db: Db, projectId: ProjectId): Promise<readonly Project[]> => {
  const rows = await selectProjects(db)
    .innerJoin('job_token_scope_projects', 'job_token_scope_projects.source_project_id', 'projects.id')
    .select(PROJECT_SELECTION)
    .where('job_token_scope_projects.project_id', '=', projectId)
    .orderBy('projects.id')
    .execute();
  return rows.map(toProject);
};

/** False when it stood there already. */
export const insertAllowedProject = async (
  tx: Tx,
  entry: { readonly projectId: ProjectId; readonly sourceId: ProjectId; readonly addedById: UserId },
  now: Date,
): Promise<boolean> => {
  const result = await tx
    .insertInto('job_token_scope_projects')
    .values({
      project_id: entry.projectId,
      source_project_id: entry.sourceId,
      added_by_id: entry.addedById,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
};

export const countAllowedProjects = async (db: Db, projectId: ProjectId): Promise<number> => {
  const row = await db
    .selectFrom('job_token_scope_projects')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow();
  return row.total;
};

/** False when it did not stand there. */
export const deleteAllowedProject = async (db: Db, projectId: ProjectId, sourceId: number): Promise<boolean> => {
  const result = await db
    .deleteFrom('job_token_scope_projects')
    .where('project_id', '=', projectId)
    .where('source_project_id', '=', sourceId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};

/** The groups on the allowlist in the order of ids. */
export const listAllowedGroups = (db: Db, projectId: ProjectId): Promise<readonly Group[]> =>
  readGroups(
    selectGroups(db)
      .where(
        sql<boolean>`namespaces.id in (select source_namespace_id from job_token_scope_groups where project_id = ${projectId})`,
      )
      .orderBy('namespaces.id'),
  );

/** False when it stood there already. */
export const insertAllowedGroup = async (
  tx: Tx,
  entry: { readonly projectId: ProjectId; readonly groupId: NamespaceId; readonly addedById: UserId },
  now: Date,
): Promise<boolean> => {
  const result = await tx
    .insertInto('job_token_scope_groups')
    .values({
      project_id: entry.projectId,
      source_namespace_id: entry.groupId,
      added_by_id: entry.addedById,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
};

/** False when it did not stand there. */
export const deleteAllowedGroup = async (db: Db, projectId: ProjectId, groupId: number): Promise<boolean> => {
  const result = await db
    .deleteFrom('job_token_scope_groups')
    .where('project_id', '=', projectId)
    .where('source_namespace_id', '=', groupId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
};
