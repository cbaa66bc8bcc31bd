import { sql } from 'kysely';
import type { PipelineId, ProjectId } from '../../../kit/ids.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { findOwnerOfEmail, findUserById } from '../../accounts/index.ts';
import { selfAndAncestors } from '../../groups/index.ts';
import { findPipelineById, type Pipeline } from '../../pipelines/index.ts';
import { findCommit } from '../../repositories/index.ts';
import { projectUrl } from '../payloads/project-block.ts';
import type { JsonObject, PayloadDeps } from './event-definition.ts';
import { perPageKey } from './per-page.ts';

/** What payloads tell of a pipeline besides its row. */

export const pipelineOfPage = perPageKey(({ db }, id: PipelineId) => findPipelineById(db, id));

/** The commit of a pipeline, and who among the users wrote it. */
export const commitOfPage = perPageKey(async (deps, id: PipelineId) => {
  const pipeline = await pipelineOfPage(deps, id);
  if (pipeline === undefined) return undefined;
  const commit = await findCommit(deps.repositories, { id: pipeline.projectId }, pipeline.sha);
  if (commit === undefined) return undefined;
  const authorId = await findOwnerOfEmail(deps.db, commit.author.email);
  const author = authorId === undefined ? undefined : await findUserById(deps.db, authorId);
  return { commit, author };
});

/** `source_pipeline`: the key with what has started it, or nothing. */
export const sourcePipelineOfPage = perPageKey(
  async ({ db, server }: PayloadDeps, id: PipelineId): Promise<JsonObject> => {
    const row = await db
      .selectFrom('pipeline_sources')
      .innerJoin('projects', 'projects.id', 'pipeline_sources.source_project_id')
      .select(['projects.id', 'projects.full_path', 'source_job_id', 'source_pipeline_id'])
      .where('pipeline_id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return {};
    const web_url = projectUrl({ fullPath: row.full_path }, server.externalUrl);
    return {
      source_pipeline: {
        project: { id: row.id, web_url, path_with_namespace: row.full_path },
        job_id: row.source_job_id,
        pipeline_id: row.source_pipeline_id,
      },
    };
  },
);

export const findStageNames = async (db: Db, id: PipelineId): Promise<readonly string[]> => {
  const rows = await db.selectFrom('stages').select('name').where('pipeline_id', '=', id).orderBy('position').execute();
  return rows.map(({ name }) => name);
};

/** How the pipelines of its ref before it ended, the newest first: two say it all. */
export const findEndsBefore = async (db: Db, pipeline: Pipeline): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('pipelines')
    .select('status')
    .where('project_id', '=', pipeline.projectId)
    .where('ref', '=', pipeline.ref)
    .where('tag', '=', pipeline.tag)
    .where('id', '<', pipeline.id)
    .where('status', 'in', ['success', 'failed'])
    .where('source', '!=', 'parent_pipeline')
    .orderBy('id', 'desc')
    .limit(2)
    .execute();
  return rows.map(({ status }) => status);
};

/** Those of these keys that a masked or hidden variable of the project or of a group above has. */
export const findMaskedKeys = async (
  db: Db,
  projectId: ProjectId,
  keys: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (keys.length === 0) return new Set();
  const namespace = sql`(select namespace_id from projects where id = ${projectId})`;
  const { rows } = await sql<{ readonly key: string }>`
    select distinct key from variables where (masked or hidden) and key = any(${keys}::text[])
      and (project_id = ${projectId} or namespace_id in ${selfAndAncestors(namespace)})`.execute(db);
  return new Set(rows.map(({ key }) => key));
};
