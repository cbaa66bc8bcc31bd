import type { PipelineId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { cancelPipeline } from './change-pipeline.ts';
import { deletePipelineRow } from './pipeline-store.ts';
import type { ProcessDeps } from './process-deps.ts';

/** The question to the rooms above: note every blob (log, artifact) of these jobs for removal, in this transaction. */
export type DeleteBlobs = (tx: Tx, pipelineId: PipelineId) => Promise<void>;

/** Running jobs are canceled first; then the pipeline with all its rows is gone at once. */
export async function deletePipeline(
  deps: ProcessDeps & { readonly deleteBlobs: DeleteBlobs },
  id: PipelineId,
): Promise<void> {
  await cancelPipeline(deps, id);
  await deps.db.transaction().execute(async (tx) => {
    await deps.deleteBlobs(tx, id);
    await deletePipelineRow(tx, id);
  });
}
