import { sql } from 'kysely';
import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { JobId, PipelineId, ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { digestOf, randomToken } from '../../platform/secrets/index.ts';
import type { RunnerFeatures } from '../../wire/runner-protocol.ts';
import { selfAndDescendants } from '../groups/index.ts';
import type { Runner, RunnerManager } from './runner.ts';
import { servesGroupOf } from './runner-store.ts';

/** A job that now belongs to a runner. The token is known here and to the runner only. */
export interface ClaimedJob {
  readonly id: JobId;
  readonly pipelineId: PipelineId;
  readonly projectId: ProjectId;
  readonly token: string;
}

export interface ClaimDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}

/** GitLab's job tokens carry the partition of the builds table in hexadecimal; here there is one, numbered as theirs begin. */
const TOKEN_PREFIX = 'glcbt-64_';

/**
 * Gives the oldest pending job that this runner may take to it, or nothing: one statement, in which competing runners
 * skip each other's rows. The pipeline is marked dirty with it; the caller processes it after the commit.
 * (`run` of the engine's table: `pending` → `running`, with the effective timeout fixed.)
 */
export async function claimJob(
  deps: ClaimDeps,
  runner: Runner,
  manager: RunnerManager,
  features: RunnerFeatures,
): Promise<ClaimedJob | undefined> {
  const token = randomToken(TOKEN_PREFIX);
  return deps.db.transaction().execute(async (tx) => {
    const row = await claimRow(tx, runner, manager, features, digestOf(token), deps.clock.now());
    if (row === undefined) return undefined;
    const job = {
      id: row.id as JobId,
      pipelineId: row.pipeline_id as PipelineId,
      projectId: row.project_id as ProjectId,
    };
    const { id: jobId, pipelineId, projectId } = job;
    await deps.publish(tx, [{ type: 'job_moved', projectId, pipelineId, jobId, from: 'pending', to: 'running' }]);
    return { ...job, token };
  });
}

interface ClaimedRow {
  readonly id: number;
  readonly pipeline_id: number;
  readonly project_id: number;
}

async function claimRow(
  tx: Tx,
  runner: Runner,
  manager: RunnerManager,
  features: RunnerFeatures,
  tokenDigest: Uint8Array,
  now: Date,
): Promise<ClaimedRow | undefined> {
  const maximum = runner.maximumTimeout ?? 0;
  const { rows } = await sql<ClaimedRow>`
    with candidate as (
      select jobs.id, coalesce((jobs.options ->> 'timeout')::int, projects.build_timeout) as wanted,
        jobs.options ? 'timeout' as by_job
      from jobs join projects on projects.id = jobs.project_id
      where jobs.status = 'pending' and jobs.type = 'build' and ${mayTake(runner)}
      order by jobs.id
      limit 1
      for no key update of jobs skip locked
    ), claimed as (
      update jobs set status = 'running', runner_id = ${runner.id}, runner_manager_id = ${manager.id},
        token_digest = ${Buffer.from(tokenDigest)}, started_at = ${now}, contacted_at = ${now}, confirmed_at = null,
        updated_at = ${now}, cancel_gracefully = ${features.cancel_gracefully ?? false},
        timeout = case when ${maximum}::int > 0 then least(candidate.wanted, ${maximum}::int) else candidate.wanted end,
        timeout_source = case when ${maximum}::int > 0 and ${maximum}::int < candidate.wanted then 'runner'
          when candidate.by_job then 'job' else 'project' end
      from candidate
      where jobs.id = candidate.id and jobs.status = 'pending'
      returning jobs.id, jobs.pipeline_id, jobs.project_id
    ), dirty as (
      insert into dirty_pipelines (pipeline_id, marked_at) select pipeline_id, ${now} from claimed
    )
    select id, pipeline_id, project_id from claimed`.execute(tx);
  return rows[0];
}

/**
 * GitLab's matching rules: every tag of the job is one of the runner's (case counts), untagged jobs need
 * `run_untagged`, `ref_protected` runners take protected refs only, and the runner serves the project.
 */
const mayTake = (runner: Runner) => sql`
  jobs.tag_list <@ ${[...runner.tagList]}::text[]
  and (${runner.runUntagged}::boolean or jobs.tag_list <> '{}')
  and (${runner.accessLevel === 'not_protected'}::boolean or jobs.protected)
  and projects.deleted_at is null
  and ${serves(runner)}`;

const serves = (runner: Runner) => {
  switch (runner.runnerType) {
    case 'instance_type':
      return sql`projects.shared_runners_enabled`;
    case 'group_type':
      return sql`projects.namespace_id in ${selfAndDescendants(sql`${runner.groupId}`)}`;
    case 'project_type':
      return sql`exists (select 1 from runner_projects
        where runner_projects.runner_id = ${runner.id} and runner_projects.project_id = jobs.project_id)`;
  }
};

/** Those of these pending jobs that a runner which was heard of lately could take. */
export async function findJobsWithRunner(
  db: Db,
  ids: readonly JobId[],
  contactedSince: Date,
): Promise<ReadonlySet<JobId>> {
  const { rows } = await sql<{ readonly id: number }>`
    select jobs.id from jobs
    join projects on projects.id = jobs.project_id
    where jobs.id = any(${[...ids]}::bigint[]) and exists (
      select 1 from runners
      where not runners.paused and runners.contacted_at >= ${contactedSince} and jobs.tag_list <@ runners.tag_list
        and (runners.run_untagged or jobs.tag_list <> '{}')
        and (runners.access_level = 'not_protected' or jobs.protected)
        and case runners.runner_type when 'instance_type' then projects.shared_runners_enabled
          when 'group_type' then ${servesGroupOf(sql.ref('projects.namespace_id'))}
          else exists (select 1 from runner_projects
            where runner_projects.runner_id = runners.id and runner_projects.project_id = jobs.project_id) end
    )`.execute(db);
  return new Set(rows.map((row) => row.id as JobId));
}
