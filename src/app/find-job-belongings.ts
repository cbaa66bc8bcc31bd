import type { Clock } from '../kit/clock.ts';
import type { Db } from '../platform/postgres/index.ts';
import { findArtifactBelongings } from '../rooms/artifacts/index.ts';
import type { FindJobBelongings } from '../rooms/pipelines/index.ts';
import {
  findActiveRunners,
  findManagersByIds,
  findRunnersByIds,
  presentManager,
  presentRunner,
} from '../rooms/runners/index.ts';

/** What higher rooms know of jobs: their artifacts, and the runner and its process that have them. One query each, however many jobs. */
export const findJobBelongings =
  ({ db, clock }: { readonly db: Db; readonly clock: Clock }): FindJobBelongings =>
  async (jobs) => {
    const artifacts = await findArtifactBelongings(
      { db, clock },
      jobs.map((job) => job.id),
    );
    const runnerIds = [...new Set(jobs.flatMap((job) => job.runnerId ?? []))];
    const managerIds = [...new Set(jobs.flatMap((job) => job.runnerManagerId ?? []))];
    const runners = await findRunnersByIds(db, runnerIds);
    const active = await findActiveRunners(db, runnerIds);
    const managers = await findManagersByIds(db, managerIds);
    const now = clock.now();
    return new Map(
      jobs.map((job) => {
        const runner = runners.get(job.runnerId ?? 0);
        const manager = managers.get(job.runnerManagerId ?? 0);
        const own = artifacts.get(job.id) ?? { artifacts: [] };
        return [
          job.id,
          {
            ...own,
            runner: runner === undefined ? null : presentRunner(runner, active.has(runner.id), now),
            runnerManager: manager === undefined ? null : presentManager(manager, now),
          },
        ];
      }),
    );
  };
