import type { Fact, JobMoved } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import { isCompleted } from '../../wire/statuses.ts';
import type { JobEnvironment } from './environment-store.ts';
import {
  ensureEnvironments,
  findEnvironmentOfJob,
  findEnvironmentsOfPipeline,
  updateEnvironmentState,
  upsertDeployment,
} from './environment-store.ts';
import { environmentSlug } from './slug.ts';
import { tierOf } from './tier.ts';

/** GitLab's words for a deployment, by the status of its job. A job that waits has none yet. */
const DEPLOYMENT_STATUS: Readonly<Partial<Record<Status, string>>> = {
  pending: 'created',
  running: 'running',
  success: 'success',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'skipped',
  manual: 'blocked',
};

/**
 * Environments follow their jobs: made with the pipeline (also for jobs that never run), a deployment for each job
 * with `action: start`, `available` after it succeeded, `stopped` after a stop job did.
 */
export const environmentsOnFact =
  (clock: Clock) =>
  async (tx: Tx, fact: Fact): Promise<void> => {
    switch (fact.type) {
      case 'pipeline_created': {
        const found = await findEnvironmentsOfPipeline(tx, fact.pipelineId);
        await ensureEnvironments(tx, fact.projectId, distinct(found), clock.now());
        return;
      }
      case 'job_moved':
        await onJobMoved(tx, fact, clock.now());
        return;
      case 'pipeline_moved':
        return;
    }
  };

async function onJobMoved(tx: Tx, fact: JobMoved, now: Date): Promise<void> {
  const environment = await findEnvironmentOfJob(tx, fact.jobId);
  if (environment === undefined) return;
  const status = DEPLOYMENT_STATUS[fact.to];
  if (environment.action === 'start' && status !== undefined) {
    await upsertDeployment(tx, fact.jobId, status, isCompleted(fact.to) ? now : null, now);
  }
  if (fact.to !== 'success') return;
  if (environment.action === 'start') {
    await updateEnvironmentState(tx, fact.projectId, environment.name, 'available', now);
  }
  if (environment.action === 'stop') {
    await updateEnvironmentState(tx, fact.projectId, environment.name, 'stopped', now);
  }
}

const distinct = (jobs: readonly JobEnvironment[]) =>
  [...new Map(jobs.map((job) => [job.name, job])).values()].map((job) => ({
    name: job.name,
    slug: environmentSlug(job.name),
    tier: tierOf(job.name, job.tier ?? undefined),
  }));
