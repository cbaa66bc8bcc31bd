import type { Clock } from '../kit/clock.ts';
import type { Db } from '../platform/postgres/index.ts';
import { findArtifactBelongings } from '../rooms/artifacts/index.ts';
import type { FindJobBelongings } from '../rooms/pipelines/index.ts';
import { findRunnersByIds, presentRunner } from '../rooms/runners/index.ts';

/** What higher rooms know of jobs: their artifacts, and the runner that has them. One query each, however many jobs. */
export const findJobBelongings =
  ({ db, clock }: { readonly db: Db; readonly clock: Clock }): FindJobBelongings =>
  async (jobs) => {
    const artifacts = await findArtifactBelongings(
      { db, clock },
      jobs.map((job) => job.id),
    );
    const runners = await findRunnersByIds(
      db,
      jobs.flatMap((job) => (job.runnerId === null ? [] : [job.runnerId])),
    );
    return new Map(
      jobs.map((job) => {
        const runner = job.runnerId === null ? undefined : runners.get(job.runnerId);
        const own = artifacts.get(job.id) ?? { artifacts: [] };
        return [
          job.id,
          {
            ...own,
            runner: runner === undefined ? null : presentRunner(runner, clock.now()),
            runnerManager: null,
          },
        ];
      }),
    );
  };
