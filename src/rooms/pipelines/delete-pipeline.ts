import type { PipelineId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { HasRepository, RepositoryDeps } from '../repositories/index.ts';
import { deletePipelineRef } from '../repositories/index.ts';
import { cancelPipeline } from './change-pipeline.ts';
import { deletePipelineRow } from './pipeline-store.ts';
import type { ProcessDeps } from './process-deps.ts';

/** The question to the rooms above: note every blob (log, artifact) of these jobs for removal, in this transaction. */
export type DeleteBlobs = (tx: Tx, pipelineId: PipelineId) => Promise<void>;

export interface DeletePipelineDeps extends ProcessDeps {
  readonly repositories: RepositoryDeps;
  readonly deleteBlobs: DeleteBlobs;
}

/** Running jobs are canceled first; then the pipeline with all its rows is gone at once, and its ref after it. */
export async function deletePipeline(deps: DeletePipelineDeps, project: HasRepository, id: PipelineId): Promise<void> {
  await cancelPipeline(deps, id);
  await deps.db.transaction().execute(async (tx) => {
    await deps.deleteBlobs(tx, id);
    await deletePipelineRow(tx, id);
  });
  await deletePipelineRef(deps.repositories, project, id);
}
