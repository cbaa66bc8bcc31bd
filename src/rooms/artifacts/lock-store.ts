import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';

/**
 * Which artifacts are kept although they may have expired ("keep the latest artifacts"): those of the newest ended and of
 * the newest successful pipeline of each ref, with their child pipelines. All begin locked; this unlocks the others.
 */

/** Reaching one of these makes older pipelines of the ref let go. */
const ENDED = ['success', 'failed', 'canceled', 'skipped', 'manual'];

/**
 * Unlocks what a newer pipeline has outdated, and everything of projects that keep nothing. One statement, so it may run at
 * any time; a pipeline that is newer than the newest ended one keeps its own. `sources`: those of pipelines that count.
 */
export async function unlockOutdated(db: Db, sources: readonly string[]): Promise<number> {
  const counts = sql`pipelines.source = any(${[...sources]}::text[])`;
  const sameRef = sql`pipelines.project_id = refs.project_id and pipelines.ref = refs.ref and pipelines.tag = refs.tag`;
  const { numAffectedRows } = await sql`
    with recursive held as (
      select distinct pipelines.id, pipelines.project_id, pipelines.ref, pipelines.tag, projects.keep_latest_artifact
      from artifacts
      join jobs on jobs.id = artifacts.job_id
      join pipelines on pipelines.id = jobs.pipeline_id
      join projects on projects.id = pipelines.project_id
      where artifacts.locked
    ), ancestors (id, ancestor) as (
      select id, id from held
      union
      select ancestors.id, pipeline_sources.source_pipeline_id
      from ancestors
      join pipelines on pipelines.id = ancestors.ancestor and pipelines.source = 'parent_pipeline'
      join pipeline_sources on pipeline_sources.pipeline_id = ancestors.ancestor
      where pipeline_sources.source_pipeline_id is not null
    ), refs as (
      select distinct project_id, ref, tag from held where keep_latest_artifact
    ), newest as (
      select refs.*,
        (select pipelines.id from pipelines where ${sameRef} and ${counts}
          and pipelines.status = any(${ENDED}::text[]) order by pipelines.id desc limit 1) as ended,
        (select pipelines.id from pipelines where ${sameRef} and ${counts}
          and pipelines.status = 'success' order by pipelines.id desc limit 1) as successful
      from refs
    ), outdated as (
      select held.id from held where not held.keep_latest_artifact
      union
      select held.id from held
      join newest on newest.project_id = held.project_id and newest.ref = held.ref and newest.tag = held.tag
      where held.keep_latest_artifact and held.id < newest.ended
        and not exists (select 1 from ancestors
          where ancestors.id = held.id and ancestors.ancestor in (newest.ended, newest.successful))
    )
    update artifacts set locked = false where id in (
      select artifacts.id from artifacts
      join jobs on jobs.id = artifacts.job_id
      join outdated on outdated.id = jobs.pipeline_id
      where artifacts.locked order by artifacts.id for update of artifacts
    )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** The ref is gone: nothing of it is kept any more. `ref`: its short name. */
export async function unlockRef(
  tx: Tx,
  projectId: ProjectId,
  ref: { readonly name: string; readonly tag: boolean },
): Promise<void> {
  await sql`
    update artifacts set locked = false where id in (
      select artifacts.id from artifacts
      join jobs on jobs.id = artifacts.job_id
      join pipelines on pipelines.id = jobs.pipeline_id
      where artifacts.project_id = ${projectId} and artifacts.locked
        and pipelines.ref = ${ref.name} and pipelines.tag = ${ref.tag}
      order by artifacts.id for update of artifacts
    )`.execute(tx);
}
