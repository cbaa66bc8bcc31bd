import { isErasable } from '../../engine/index.ts';
import type { JobId, PipelineId, ProjectId } from '../../kit/ids.ts';
import type { BlobDeps } from '../../platform/blobs/index.ts';
import { orphanBlobs, removeOrphans } from '../../platform/blobs/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { lockJob, updateArtifactsExpireAt, updateErasedAt } from '../pipelines/index.ts';
import { deleteTrace, findTrace } from '../traces/index.ts';
import {
  deleteArtifactsOfJob,
  findArtifacts,
  findBlobsOfPipeline,
  findJobsWithArtifacts,
  updateExpireAtOfJob,
  updateExpireAtOfProject,
} from './store.ts';

/** Artifacts leave: each verb deletes rows and notes their files in one transaction; the files go after its commit. */

/** Deletes a job's artifacts; its log stays. False: it had none. */
export async function deleteArtifacts(deps: BlobDeps, jobId: JobId): Promise<boolean> {
  const lost = await deps.db.transaction().execute(async (tx) => {
    await lockJob(tx, jobId);
    const keys = await deleteArtifactsOfJob(tx, jobId);
    await orphanBlobs(tx, keys);
    return keys;
  });
  await removeOrphans(deps, lost);
  return lost.length > 0;
}

/** Deletes log and artifacts of an ended job. False: it has not ended, or has neither. */
export async function eraseJob(deps: BlobDeps, jobId: JobId): Promise<boolean> {
  const lost = await deps.db.transaction().execute(async (tx) => {
    const job = await lockJob(tx, jobId);
    const has = {
      trace: ((await findTrace(tx, jobId))?.size ?? 0) > 0,
      artifacts: (await findArtifacts(tx, [jobId])).length > 0,
    };
    if (job === undefined || !isErasable(job, has)) return undefined;
    await updateErasedAt(tx, jobId, deps.clock.now());
    const keys = [...(await deleteTrace(tx, jobId)), ...(await deleteArtifactsOfJob(tx, jobId))];
    await orphanBlobs(tx, keys);
    return keys;
  });
  if (lost === undefined) return false;
  await removeOrphans(deps, lost);
  return true;
}

/** The artifacts of a job never expire from now on. False: it has none. */
export const keepArtifacts = (deps: Pick<BlobDeps, 'db'>, jobId: JobId): Promise<boolean> =>
  deps.db.transaction().execute(async (tx) => {
    await lockJob(tx, jobId);
    if ((await findArtifacts(tx, [jobId])).length === 0) return false;
    await updateExpireAtOfJob(tx, jobId, null);
    await updateArtifactsExpireAt(tx, [jobId], null);
    return true;
  });

/** Lets all artifacts of a project expire now. They are removed in the background, but for the latest of each ref. */
export const expireProjectArtifacts = (deps: Pick<BlobDeps, 'db' | 'clock'>, projectId: ProjectId): Promise<void> =>
  deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const jobs = await findJobsWithArtifacts(tx, projectId);
    // Jobs first, in order: the same as everybody who changes artifacts.
    for (const id of jobs) await lockJob(tx, id);
    await updateArtifactsExpireAt(tx, jobs, now);
    await updateExpireAtOfProject(tx, projectId, now);
  });

/**
 * Notes every blob of a pipeline (archives, reports, logs) for removal, in the transaction that deletes the pipeline. The
 * sweeper takes them after its commit.
 */
export async function noteBlobsOfPipeline(tx: Tx, id: PipelineId): Promise<void> {
  await orphanBlobs(tx, await findBlobsOfPipeline(tx, id));
}
