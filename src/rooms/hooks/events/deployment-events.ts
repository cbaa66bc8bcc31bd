import type { DeploymentMoved } from '../../../events/index.ts';
import type { DeploymentId } from '../../../kit/ids.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import { findCommit, titleOf } from '../../repositories/index.ts';
import { utcSeconds } from '../payloads/payload-dates.ts';
import { projectBlockWithUrls, projectUrl } from '../payloads/project-block.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { EventDefinition, EventDefinitions } from './event-definition.ts';
import { projectOfPage, userOfPage } from './shared-reads.ts';

/** What GitLab tells of: neither that it was created nor that it was skipped. */
const TOLD: ReadonlySet<DeploymentMoved['status']> = new Set<DeploymentMoved['status']>([
  'running',
  'success',
  'failed',
  'canceled',
  'blocked',
]);

const findDeployment = (db: Db, id: DeploymentId) =>
  db
    .selectFrom('deployments')
    .innerJoin('environments', 'environments.id', 'deployments.environment_id')
    .select(['deployments.job_id', 'deployments.ref', 'deployments.sha', 'deployments.user_id'])
    .select(['environments.name', 'environments.tier', 'environments.slug', 'environments.external_url'])
    .where('deployments.id', '=', id)
    .executeTakeFirst();

const deploymentMoved: EventDefinition<DeploymentMoved> = {
  placeOf: ({ projectId, pipelineId }) => ({ subject: `pipeline:${pipelineId}`, projectId }),
  triggersOf: () => ['deployment_events'],
  eventName: () => 'deployment',
  build: async (deps, { projectId, deploymentId, status }, _snapshot, { occurredAt }) => {
    if (!TOLD.has(status)) return [];
    const project = await projectOfPage(deps, projectId);
    const found = await findDeployment(deps.db, deploymentId);
    if (project === undefined || found === undefined) return [];
    const user = found.user_id === null ? undefined : await userOfPage(deps, found.user_id);
    const { externalUrl } = deps.server;
    const url = projectUrl(project, externalUrl);
    const commit = await findCommit(deps.repositories, project, found.sha);
    const payload = {
      object_kind: 'deployment',
      status,
      status_changed_at: utcSeconds(occurredAt),
      deployment_id: deploymentId,
      deployable_id: found.job_id,
      deployable_url: `${url}/-/jobs/${found.job_id}`,
      environment: found.name,
      environment_tier: found.tier,
      environment_slug: found.slug,
      environment_external_url: found.external_url,
      project: projectBlockWithUrls(project, externalUrl),
      short_sha: found.sha.slice(0, 8),
      user: userBlock(user),
      user_url: user === undefined ? null : `${externalUrl}/${user.username}`,
      commit_url: commit === undefined ? null : `${url}/-/commit/${commit.sha}`,
      commit_title: commit === undefined ? null : titleOf(commit.message),
      ref: found.ref,
    };
    return [{ eventName: 'deployment', trigger: 'deployment_events', payload }];
  },
};

/** Deployments that begin, end, or wait for somebody. */
export const deploymentEvents: EventDefinitions = { deployment_moved: deploymentMoved };
