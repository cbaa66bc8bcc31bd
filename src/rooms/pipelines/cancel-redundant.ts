import { sql } from 'kysely';
import type { AutoCancelCandidate } from '../../engine/index.ts';
import {
  AUTO_CANCEL_MAX_AGE_DAYS,
  AUTO_CANCEL_MAX_CANDIDATES,
  autoCancelMode,
  isRedundant,
} from '../../engine/index.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { PipelineSource, Status } from '../../wire/statuses.ts';
import { isCancelable, STATUSES } from '../../wire/statuses.ts';
import type { Project } from '../projects/index.ts';
import type { RepositoryDeps } from '../repositories/index.ts';
import { findCommit, headOf } from '../repositories/index.ts';
import { cancelPipeline } from './change-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import type { ProcessDeps } from './process-deps.ts';
import { findSnapshot } from './snapshot-store.ts';

interface CandidateRow {
  readonly id: number;
  readonly status: string;
  readonly source: string;
  readonly ref: string;
  readonly sha: string;
  readonly created_at: Date;
  readonly auto_cancel_on_new_commit: string;
}

/** Older pipelines of the same ref that are not over. */
async function findCandidates(db: Db, pipeline: Pipeline, since: Date): Promise<readonly AutoCancelCandidate[]> {
  const alive = STATUSES.filter(isCancelable);
  const { rows } = await sql<CandidateRow>`
    select id, status, source, ref, sha, created_at, auto_cancel_on_new_commit from pipelines
    where project_id = ${pipeline.projectId} and ref = ${pipeline.ref} and id < ${pipeline.id}
      and sha <> ${pipeline.sha} and status = any(${alive}::text[]) and created_at >= ${since}
    order by id desc limit ${AUTO_CANCEL_MAX_CANDIDATES}`.execute(db);
  return rows.map((row) => ({
    id: row.id as PipelineId,
    rootId: row.id as PipelineId,
    status: row.status as Status,
    source: row.source as PipelineSource,
    ref: row.ref,
    sha: row.sha,
    createdAt: row.created_at,
    onNewCommit: row.auto_cancel_on_new_commit as AutoCancelCandidate['onNewCommit'],
  }));
}

/**
 * The project's "auto-cancel redundant pipelines": a new pipeline cancels older ones of its ref as far as their own
 * `workflow:auto_cancel:on_new_commit` allows. It is a saving, not a promise: what a crash leaves undone stays running.
 */
export async function cancelRedundantPipelines(
  deps: ProcessDeps & { readonly repositories: RepositoryDeps },
  project: Project,
  pipeline: Pipeline,
): Promise<void> {
  if (!project.autoCancelPendingPipelines) return;
  const now = deps.clock.now();
  const since = new Date(now.getTime() - AUTO_CANCEL_MAX_AGE_DAYS * 86_400_000);
  const candidates = await findCandidates(deps.db, pipeline, since);
  if (candidates.length === 0) return;
  const headSha = await headShaOf(deps.repositories, project, pipeline);
  for (const candidate of candidates) {
    if (!isRedundant(candidate, { ...pipeline, headSha }, now)) continue;
    const snapshot = await findSnapshot(deps.db, candidate.id);
    const mode = snapshot && autoCancelMode(candidate.onNewCommit, snapshot.jobs);
    if (mode === null || mode === undefined) continue;
    await cancelPipeline(deps, candidate.id, mode);
    await deps.db
      .updateTable('pipelines')
      .set({ auto_canceled_by_id: pipeline.id })
      .where('id', '=', candidate.id)
      .execute();
  }
}

const headShaOf = async (repositories: RepositoryDeps, project: Project, pipeline: Pipeline): Promise<string | null> =>
  pipeline.source === 'merge_request_event'
    ? ((await findCommit(repositories, project, pipeline.ref))?.sha ?? null)
    : ((await headOf(repositories, project, pipeline.ref)) ?? null);
