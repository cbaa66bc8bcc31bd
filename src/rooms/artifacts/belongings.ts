import type { Clock } from '../../kit/clock.ts';
import type { JobId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { JobBelongings, PresentedArtifact } from '../pipelines/index.ts';
import { findArchivedSizes } from '../traces/index.ts';
import type { Artifact } from './artifact.ts';
import { isAvailable } from './artifact.ts';
import { findArtifacts } from './store.ts';

/** This room's part of the answer to `FindJobBelongings`. Jobs without anything are not in it. */
export async function findArtifactBelongings(
  deps: { readonly db: Db; readonly clock: Clock },
  jobIds: readonly JobId[],
): Promise<ReadonlyMap<JobId, Pick<JobBelongings, 'artifacts' | 'archive'>>> {
  const now = deps.clock.now();
  const artifacts = Map.groupBy(await findArtifacts(deps.db, jobIds), (artifact) => artifact.jobId);
  const logs = await findArchivedSizes(deps.db, jobIds);
  const withSomething = jobIds.filter((id) => artifacts.has(id) || logs.has(id));
  return new Map(
    withSomething.map((id) => {
      const own = artifacts.get(id) ?? [];
      const archive = own.find((artifact) => artifact.fileType === 'archive' && isAvailable(artifact, now));
      const log = logs.get(id);
      return [
        id,
        {
          artifacts: [...own.map(presentArtifact), ...(log === undefined ? [] : [presentLog(log)])],
          ...(archive !== undefined && { archive: { filename: archive.filename, size: archive.size } }),
        },
      ];
    }),
  );
}

const presentArtifact = (artifact: Artifact): PresentedArtifact => ({
  file_type: artifact.fileType,
  size: artifact.size,
  filename: artifact.filename,
  file_format: artifact.fileFormat,
});

/** GitLab counts the log of an ended job among its artifacts. */
const presentLog = (size: number): PresentedArtifact => ({
  file_type: 'trace',
  size,
  filename: 'job.log',
  file_format: 'raw',
});
