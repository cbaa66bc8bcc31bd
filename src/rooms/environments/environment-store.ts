import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { DeploymentId, EnvironmentId, JobId, PipelineId, ProjectId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { EnvironmentTier } from './tier.ts';

/** SQL of `environments` and `deployments`. */

export interface Environment {
  readonly id: EnvironmentId;
  readonly projectId: ProjectId;
  readonly name: string;
  readonly slug: string;
  readonly externalUrl: string | null;
  readonly state: 'available' | 'stopping' | 'stopped';
  readonly tier: EnvironmentTier;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export async function findEnvironment(
  db: Db | Tx,
  projectId: ProjectId,
  by: { readonly name: string } | { readonly id: number },
): Promise<Environment | undefined> {
  let query = db.selectFrom('environments').selectAll().where('project_id', '=', projectId);
  query = 'name' in by ? query.where('name', '=', by.name) : query.where('id', '=', by.id);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : toEnvironment(row);
}

const toEnvironment = (row: Selectable<DB['environments']>): Environment => ({
  id: row.id as EnvironmentId,
  projectId: row.project_id as ProjectId,
  name: row.name,
  slug: row.slug,
  externalUrl: row.external_url,
  state: row.state as Environment['state'],
  tier: row.tier as EnvironmentTier,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export interface NewEnvironment {
  readonly name: string;
  readonly slug: string;
  readonly tier: EnvironmentTier;
}

/** Makes those that are not there yet. */
export async function ensureEnvironments(
  tx: Tx,
  projectId: ProjectId,
  environments: readonly NewEnvironment[],
  now: Date,
): Promise<void> {
  if (environments.length === 0) return;
  await tx
    .insertInto('environments')
    .values(
      environments.map((environment) => ({
        project_id: projectId,
        name: environment.name,
        slug: environment.slug,
        tier: environment.tier,
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['project_id', 'name']).doNothing())
    .execute();
}

export interface JobEnvironment {
  readonly jobId: JobId;
  readonly pipelineId: PipelineId;
  readonly name: string;
  readonly action: string;
  readonly tier: string | null;
}

/** Those of these jobs, and of all jobs of these pipelines, that name an environment. */
export async function findJobEnvironments(
  tx: Tx,
  of: { readonly pipelineIds: readonly PipelineId[]; readonly jobIds: readonly JobId[] },
): Promise<readonly JobEnvironment[]> {
  const { rows } = await sql<JobEnvironmentRow>`
    select id, pipeline_id, environment_name, options -> 'environment' ->> 'action' as action,
      options -> 'environment' ->> 'deploymentTier' as tier
    from jobs
    where (pipeline_id = any(${of.pipelineIds}::bigint[]) or id = any(${of.jobIds}::bigint[]))
      and environment_name is not null
    order by id`.execute(tx);
  return rows.map(toJobEnvironment);
}

interface JobEnvironmentRow {
  readonly id: number;
  readonly pipeline_id: number;
  readonly environment_name: string;
  readonly action: string | null;
  readonly tier: string | null;
}

const toJobEnvironment = (row: JobEnvironmentRow): JobEnvironment => ({
  jobId: row.id as JobId,
  pipelineId: row.pipeline_id as PipelineId,
  name: row.environment_name,
  action: row.action ?? 'start',
  tier: row.tier,
});

export interface DeploymentStatus {
  readonly jobId: JobId;
  /** GitLab's word. */
  readonly status: string;
  readonly finishedAt: Date | null;
}

/** The jobs' deployments in these statuses: made when they are not there yet. Each job once. Answers their ids by job. */
export async function upsertDeployments(
  tx: Tx,
  deployments: readonly DeploymentStatus[],
  now: Date,
): Promise<ReadonlyMap<JobId, DeploymentId>> {
  if (deployments.length === 0) return new Map();
  const { rows } = await sql<{ readonly id: number; readonly job_id: number }>`
    insert into deployments (
      project_id, environment_id, job_id, ref, tag, sha, user_id, status, created_at, updated_at, finished_at
    )
    select jobs.project_id, environments.id, jobs.id, jobs.ref, jobs.tag, pipelines.sha, jobs.user_id, d.status,
      ${now}::timestamptz, ${now}::timestamptz, d."finishedAt"
    from jsonb_to_recordset(${JSON.stringify(deployments)}::jsonb)
      as d("jobId" bigint, status text, "finishedAt" timestamptz)
    join jobs on jobs.id = d."jobId"
    join pipelines on pipelines.id = jobs.pipeline_id
    join environments on environments.project_id = jobs.project_id and environments.name = jobs.environment_name
    order by jobs.id
    on conflict (job_id) do update set status = excluded.status, updated_at = excluded.updated_at,
      finished_at = excluded.finished_at, user_id = excluded.user_id
    returning id, job_id`.execute(tx);
  return new Map(rows.map((row) => [row.job_id as JobId, row.id as DeploymentId]));
}

/** `available` after a deployment, `stopped` after its stop job. */
export async function updateEnvironmentState(
  tx: Tx,
  projectId: ProjectId,
  name: string,
  state: Environment['state'],
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ state, updated_at: now })
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .execute();
}

/** `environment:url`, expanded when the job has ended. */
export async function updateEnvironmentUrl(
  tx: Tx,
  projectId: ProjectId,
  name: string,
  url: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ external_url: url, updated_at: now })
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .execute();
}

export async function listEnvironments(
  db: Db,
  projectId: ProjectId,
  filter: { readonly name?: string; readonly search?: string; readonly states?: string },
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly rows: readonly Environment[]; readonly total: number }> {
  let query = db.selectFrom('environments').where('project_id', '=', projectId);
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.search !== undefined) {
    const { search } = filter;
    query = query.where((where) => where(where.fn<number>('strpos', ['name', where.val(search)]), '>', 0));
  }
  if (filter.states !== undefined) query = query.where('state', '=', filter.states);
  const count = await query.select((one) => one.fn.countAll<number>().as('count')).executeTakeFirst();
  const rows = await query.selectAll().orderBy('name').limit(page.limit).offset(page.offset).execute();
  return { rows: rows.map(toEnvironment), total: Number(count?.count ?? 0) };
}
