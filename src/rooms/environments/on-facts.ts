import { type DeploymentMoved, factsOfType, type JobMoved, type Publish, type Subscriber } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import { isCompleted } from '../../wire/statuses.ts';
import type { JobEnvironment } from './environment-store.ts';
import {
  ensureEnvironments,
  findJobEnvironments,
  updateEnvironmentState,
  upsertDeployments,
} from './environment-store.ts';
import { environmentSlug } from './slug.ts';
import { tierOf } from './tier.ts';

/** GitLab's words for a deployment, by the status of its job. A job that waits has none yet. */
const DEPLOYMENT_STATUS: Readonly<Partial<Record<Status, DeploymentMoved['status']>>> = {
  pending: 'created',
  running: 'running',
  success: 'success',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
  manual: 'blocked',
};

/** The state of the environment after a job with this action has succeeded. */
const STATE_AFTER = { start: 'available', stop: 'stopped' } as const;

interface Move {
  readonly fact: JobMoved;
  readonly environment: JobEnvironment;
}

/**
 * Environments follow their jobs: made with the pipeline (also for jobs that never run), a deployment for each job
 * with `action: start`, `available` after it succeeded, `stopped` after a stop job did. `publish`: to whom deployments that
 * moved are told, in the same transaction; nobody who publishes to this room again.
 */
export const environmentsOnFact =
  (clock: Clock, publish: Publish): Subscriber =>
  async (tx, facts) => {
    const created = new Map(factsOfType(facts, 'pipeline_created').map((fact) => [fact.pipelineId, fact.projectId]));
    const without = new Set(
      factsOfType(facts, 'pipeline_created').flatMap((fact) => (fact.hasEnvironments ? [] : [fact.pipelineId])),
    );
    const moved = factsOfType(facts, 'job_moved').filter((fact) => !without.has(fact.pipelineId));
    for (const pipelineId of without) created.delete(pipelineId);
    if (created.size === 0 && moved.length === 0) return;
    const jobs = await findJobEnvironments(tx, {
      pipelineIds: [...created.keys()],
      jobIds: moved.filter((fact) => !created.has(fact.pipelineId)).map((fact) => fact.jobId),
    });
    if (jobs.length === 0) return;
    const now = clock.now();
    for (const [pipelineId, projectId] of created) {
      const own = jobs.filter((job) => job.pipelineId === pipelineId);
      await ensureEnvironments(tx, projectId, distinct(own), now);
    }
    const byJob = new Map(jobs.map((job) => [job.jobId, job]));
    await follow(
      { tx, publish },
      moved.flatMap((fact) => {
        const environment = byJob.get(fact.jobId);
        return environment === undefined ? [] : [{ fact, environment }];
      }),
      now,
    );
  };

async function follow(
  { tx, publish }: { readonly tx: Tx; readonly publish: Publish },
  moves: readonly Move[],
  now: Date,
): Promise<void> {
  const deployments = moves.flatMap(({ fact, environment }) => {
    const isOver = isCompleted(fact.to);
    // A job that never got its turn deploys nothing.
    if (environment.action !== 'start' || (fact.from === 'created' && isOver)) return [];
    const status = DEPLOYMENT_STATUS[fact.to];
    return status === undefined ? [] : [{ jobId: fact.jobId, status, finishedAt: isOver ? now : null }];
  });
  const ids = await upsertDeployments(tx, deployments, now);
  const byJob = new Map(moves.map(({ fact }) => [fact.jobId, fact]));
  await publish(
    tx,
    deployments.flatMap(({ jobId, status }): readonly DeploymentMoved[] => {
      const [deploymentId, fact] = [ids.get(jobId), byJob.get(jobId)];
      if (deploymentId === undefined || fact === undefined) return [];
      const { projectId, pipelineId } = fact;
      return [{ type: 'deployment_moved', projectId, pipelineId, deploymentId, status }];
    }),
  );
  for (const { fact, environment } of moves) {
    if (fact.to !== 'success') continue;
    const { action, name } = environment;
    if (action === 'start' || action === 'stop') {
      await updateEnvironmentState(tx, fact.projectId, name, STATE_AFTER[action], now);
    }
  }
}

const distinct = (jobs: readonly JobEnvironment[]) =>
  [...new Map(jobs.map((job) => [job.name, job])).values()].map((job) => ({
    name: job.name,
    slug: environmentSlug(job.name),
    tier: tierOf(job.name, job.tier ?? undefined),
  }));
