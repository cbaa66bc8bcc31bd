import { type Selectable, sql } from 'kysely';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import { NAMESPACE_COLUMNS, type Namespace, type NamespaceRow, toNamespace } from '../accounts/index.ts';
import { isPathTaken, type Visibility } from '../groups/index.ts';
import { MERGE_METHODS, type Project, SQUASH_OPTIONS } from './project.ts';
import { isOverrideRole } from './variables-override.ts';

const PROJECT_COLUMNS = [
  'projects.id',
  'projects.creator_id',
  'projects.path',
  'projects.name',
  'projects.full_path',
  'projects.description',
  'projects.visibility',
  'projects.default_branch',
  'projects.archived',
  'projects.ci_config_path',
  'projects.build_timeout',
  'projects.ci_default_git_depth',
  'projects.build_git_strategy',
  'projects.builds_enabled',
  'projects.public_jobs',
  'projects.shared_runners_enabled',
  'projects.auto_cancel_pending_pipelines',
  'projects.keep_latest_artifact',
  'projects.ci_pipeline_variables_minimum_override_role',
  'projects.ci_inbound_job_token_scope_enabled',
  'projects.ci_push_repository_for_job_token_allowed',
  'projects.request_access_enabled',
  'projects.merge_method',
  'projects.squash_option',
  'projects.only_allow_merge_if_pipeline_succeeds',
  'projects.allow_merge_on_skipped_pipeline',
  'projects.remove_source_branch_after_merge',
  'projects.last_activity_at',
  'projects.created_at',
  'projects.updated_at',
] as const;

type ProjectRow = Omit<
  Selectable<DB['projects']>,
  'namespace_id' | 'last_pipeline_iid' | 'last_merge_request_iid' | 'deleted_at'
> &
  NamespaceRow;

const toVisibility = (text: string): Visibility => (text === 'public' || text === 'internal' ? text : 'private');

export const toProject = (row: ProjectRow): Project => ({
  id: row.id as ProjectId,
  namespace: toNamespace(row),
  creatorId: row.creator_id as UserId | null,
  path: row.path,
  name: row.name,
  fullPath: row.full_path,
  description: row.description,
  visibility: toVisibility(row.visibility),
  defaultBranch: row.default_branch,
  archived: row.archived,
  ciConfigPath: row.ci_config_path,
  buildTimeout: row.build_timeout,
  ciDefaultGitDepth: row.ci_default_git_depth,
  buildGitStrategy: row.build_git_strategy === 'clone' ? 'clone' : 'fetch',
  buildsEnabled: row.builds_enabled,
  publicJobs: row.public_jobs,
  sharedRunnersEnabled: row.shared_runners_enabled,
  autoCancelPendingPipelines: row.auto_cancel_pending_pipelines,
  keepLatestArtifact: row.keep_latest_artifact,
  variablesOverrideRole: isOverrideRole(row.ci_pipeline_variables_minimum_override_role)
    ? row.ci_pipeline_variables_minimum_override_role
    : 'no_one_allowed',
  jobTokenScopeEnabled: row.ci_inbound_job_token_scope_enabled,
  jobTokenPushAllowed: row.ci_push_repository_for_job_token_allowed,
  requestAccessEnabled: row.request_access_enabled,
  mergeMethod: MERGE_METHODS.find((method) => method === row.merge_method) ?? 'merge',
  squashOption: SQUASH_OPTIONS.find((option) => option === row.squash_option) ?? 'default_off',
  onlyAllowMergeIfPipelineSucceeds: row.only_allow_merge_if_pipeline_succeeds,
  allowMergeOnSkippedPipeline: row.allow_merge_on_skipped_pipeline,
  removeSourceBranchAfterMerge: row.remove_source_branch_after_merge,
  lastActivityAt: row.last_activity_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Every project that is not deleted, with its namespace. All reading of projects starts here. */
export const selectProjects = (db: Db) =>
  db
    .selectFrom('projects')
    .innerJoin('namespaces', 'namespaces.id', 'projects.namespace_id')
    .where('projects.deleted_at', 'is', null);

export const PROJECT_SELECTION = [...PROJECT_COLUMNS, ...NAMESPACE_COLUMNS] as const;

/** Undefined also for a project that was deleted. */
export const findProjectById = async (db: Db, id: number): Promise<Project | undefined> => {
  const row = await selectProjects(db).select(PROJECT_SELECTION).where('projects.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toProject(row);
};

/** The project until the transaction ends, as it is now; undefined when it was deleted. */
export const lockProject = async (tx: Tx, id: ProjectId): Promise<Project | undefined> => {
  const row = await selectProjects(tx)
    .select(PROJECT_SELECTION)
    .where('projects.id', '=', id)
    .forNoKeyUpdate('projects')
    .executeTakeFirst();
  return row === undefined ? undefined : toProject(row);
};

/** Upper and lower case are one. */
export const findProjectByPath = async (db: Db, fullPath: string): Promise<Project | undefined> => {
  const row = await selectProjects(db)
    .select(PROJECT_SELECTION)
    .where(sql`lower(projects.full_path)`, '=', fullPath.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toProject(row);
};

/** The project that had this full path once; upper and lower case are one. */
const findProjectByOldPath = async (db: Db, fullPath: string): Promise<Project | undefined> => {
  const row = await selectProjects(db)
    .innerJoin('project_redirects', 'project_redirects.project_id', 'projects.id')
    .select(PROJECT_SELECTION)
    .where(sql`lower(project_redirects.full_path)`, '=', fullPath.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? undefined : toProject(row);
};

const isProjectId = (text: string): boolean => /^\d{1,15}$/.test(text);

/**
 * A number, or the full path, also one that the project had before it moved. A text without `/` that is no number is never
 * a project.
 */
export const findProject = async (db: Db, idOrPath: string | number): Promise<Project | undefined> => {
  const text = String(idOrPath);
  if (isProjectId(text)) return findProjectById(db, Number(text));
  if (!text.includes('/') || text.includes('\0')) return undefined;
  return (await findProjectByPath(db, text)) ?? findProjectByOldPath(db, text);
};

/** Whether a project that `findProject` found has moved away from the path that was asked for. */
export const hasMoved = (project: Project, idOrPath: string): boolean =>
  !isProjectId(idOrPath) && project.fullPath.toLowerCase() !== idOrPath.toLowerCase();

/** An id that no project has had, so that its repository can be there before its row. */
export const reserveProjectId = async (db: Db): Promise<ProjectId> => {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('projects', 'id')) as id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the sequence of projects gave no id');
  return row.id as ProjectId;
};

/** Whether path or name is in use in the namespace, the path also by a subgroup (a deleted project keeps neither). */
export const findTaken = async (
  db: Db,
  namespace: Pick<Namespace, 'id' | 'fullPath'>,
  wanted: { readonly path: string; readonly name: string },
  except?: ProjectId,
): Promise<{ readonly path: boolean; readonly name: boolean }> => {
  const rows = await db
    .selectFrom('projects')
    .select(['path', 'name'])
    .where('namespace_id', '=', namespace.id)
    .where('deleted_at', 'is', null)
    .where('id', '!=', except ?? -1)
    .where((where) =>
      where.or([where(sql`lower(path)`, '=', wanted.path.toLowerCase()), where('name', '=', wanted.name)]),
    )
    .execute();
  const path = rows.some((row) => row.path.toLowerCase() === wanted.path.toLowerCase());
  return {
    path: path || (await isPathTaken(db, `${namespace.fullPath}/${wanted.path}`, undefined)),
    name: rows.some((row) => row.name === wanted.name),
  };
};

export interface NewProject {
  readonly id: ProjectId;
  readonly namespaceId: NamespaceId;
  readonly creatorId: UserId;
  readonly path: string;
  readonly name: string;
  readonly fullPath: string;
}

/** False when somebody took the path in the meantime. */
export const insertProject = async (tx: Tx, project: NewProject, now: Date): Promise<boolean> => {
  const result = await sql`
    insert into projects
      (id, namespace_id, creator_id, path, name, full_path, last_activity_at, created_at, updated_at)
    overriding system value values
      (${project.id}, ${project.namespaceId}, ${project.creatorId}, ${project.path}, ${project.name},
       ${project.fullPath}, ${now}, ${now}, ${now})
    on conflict do nothing`.execute(tx);
  return result.numAffectedRows === 1n;
};

/** What may be changed of a project; every name is listed, so nothing else ever is. */
export type ProjectChanges = Partial<
  Pick<
    Project,
    | 'name'
    | 'path'
    | 'fullPath'
    | 'description'
    | 'visibility'
    | 'defaultBranch'
    | 'archived'
    | 'ciConfigPath'
    | 'buildTimeout'
    | 'ciDefaultGitDepth'
    | 'buildGitStrategy'
    | 'buildsEnabled'
    | 'publicJobs'
    | 'sharedRunnersEnabled'
    | 'autoCancelPendingPipelines'
    | 'keepLatestArtifact'
    | 'variablesOverrideRole'
    | 'jobTokenScopeEnabled'
    | 'jobTokenPushAllowed'
    | 'requestAccessEnabled'
    | 'mergeMethod'
    | 'squashOption'
    | 'onlyAllowMergeIfPipelineSucceeds'
    | 'allowMergeOnSkippedPipeline'
    | 'removeSourceBranchAfterMerge'
  >
>;

const COLUMN_OF = {
  name: 'name',
  path: 'path',
  fullPath: 'full_path',
  description: 'description',
  visibility: 'visibility',
  defaultBranch: 'default_branch',
  archived: 'archived',
  ciConfigPath: 'ci_config_path',
  buildTimeout: 'build_timeout',
  ciDefaultGitDepth: 'ci_default_git_depth',
  buildGitStrategy: 'build_git_strategy',
  buildsEnabled: 'builds_enabled',
  publicJobs: 'public_jobs',
  sharedRunnersEnabled: 'shared_runners_enabled',
  autoCancelPendingPipelines: 'auto_cancel_pending_pipelines',
  keepLatestArtifact: 'keep_latest_artifact',
  variablesOverrideRole: 'ci_pipeline_variables_minimum_override_role',
  jobTokenScopeEnabled: 'ci_inbound_job_token_scope_enabled',
  jobTokenPushAllowed: 'ci_push_repository_for_job_token_allowed',
  requestAccessEnabled: 'request_access_enabled',
  mergeMethod: 'merge_method',
  squashOption: 'squash_option',
  onlyAllowMergeIfPipelineSucceeds: 'only_allow_merge_if_pipeline_succeeds',
  allowMergeOnSkippedPipeline: 'allow_merge_on_skipped_pipeline',
  removeSourceBranchAfterMerge: 'remove_source_branch_after_merge',
} as const satisfies Readonly<Record<keyof ProjectChanges, keyof DB['projects']>>;

const columnOf = (name: string): string | undefined =>
  Object.hasOwn(COLUMN_OF, name) ? COLUMN_OF[name as keyof typeof COLUMN_OF] : undefined;

export const updateProject = async (tx: Tx, id: ProjectId, changes: ProjectChanges, now: Date): Promise<void> => {
  const values = Object.entries(changes).flatMap(([name, value]) => {
    const column = columnOf(name);
    return column === undefined || value === undefined ? [] : [[column, value] as const];
  });
  await tx
    .updateTable('projects')
    .set({ ...Object.fromEntries(values), updated_at: now })
    .where('id', '=', id)
    .execute();
};

/** Frees path and name, and hides the project at once. */
export const markProjectDeleted = async (tx: Tx, project: Project, now: Date): Promise<void> => {
  const suffix = `~deleted-${project.id}`;
  await tx
    .updateTable('projects')
    .set({
      deleted_at: now,
      updated_at: now,
      path: `${project.path}${suffix}`,
      name: `${project.name}${suffix}`,
      full_path: `${project.fullPath}${suffix}`,
    })
    .where('id', '=', project.id)
    .execute();
};

/** Puts a project into another namespace. */
export const moveProject = async (
  tx: Tx,
  id: ProjectId,
  to: { readonly namespaceId: NamespaceId; readonly fullPath: string; readonly visibility: Visibility },
  now: Date,
): Promise<void> => {
  await tx
    .updateTable('projects')
    .set({ namespace_id: to.namespaceId, full_path: to.fullPath, visibility: to.visibility, updated_at: now })
    .where('id', '=', id)
    .execute();
};

/** Notes that something happened in the project; not more than once a minute. */
export const touchProject = async (db: Db, id: ProjectId, now: Date): Promise<void> => {
  await db
    .updateTable('projects')
    .set({ last_activity_at: now })
    .where('id', '=', id)
    .where('last_activity_at', '<', new Date(now.getTime() - 60_000))
    .execute();
};
