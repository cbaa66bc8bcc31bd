import { sql } from 'kysely';
import type { ProjectId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Project } from './project.ts';
import { PROJECT_SELECTION, selectProjects, toProject } from './project-store.ts';

/** That jobs of a project used their token on another one. */
export interface JobTokenUse {
  readonly source: Project;
  readonly lastUsedAt: Date;
}

/** Written once a minute at most, however many calls a job makes. */
export const noteJobTokenUse = async (
  db: Db,
  use: { readonly projectId: ProjectId; readonly sourceId: ProjectId },
  now: Date,
): Promise<void> => {
  await sql`
    insert into job_token_uses (project_id, source_project_id, last_used_at)
    values (${use.projectId}, ${use.sourceId}, ${now})
    on conflict (project_id, source_project_id) do update set last_used_at = excluded.last_used_at
      where job_token_uses.last_used_at <= excluded.last_used_at - interval '1 minute'`.execute(db);
};

/** The latest first. */
export const listJobTokenUses = async (
  db: Db,
  projectId: ProjectId,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly JobTokenUse[]> => {
  const rows = await selectProjects(db)
    .innerJoin('job_token_uses', 'job_token_uses.source_project_id', 'projects.id')
    .select([...PROJECT_SELECTION, 'job_token_uses.last_used_at'])
    .where('job_token_uses.project_id', '=', projectId)
    .orderBy('job_token_uses.last_used_at', 'desc')
    .orderBy('projects.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map((row) => ({ source: toProject(row), lastUsedAt: row.last_used_at }));
};

export const countJobTokenUses = async (db: Db, projectId: ProjectId): Promise<number> => {
  const row = await selectProjects(db)
    .innerJoin('job_token_uses', 'job_token_uses.source_project_id', 'projects.id')
    .where('job_token_uses.project_id', '=', projectId)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};
