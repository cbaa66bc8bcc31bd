import type { PipelineCreated, PipelineMoved } from '../../../events/index.ts';
import type { Status } from '../../../wire/statuses.ts';
import { isCompleted } from '../../../wire/statuses.ts';
import { findUsersByIds } from '../../accounts/index.ts';
import { findArtifactBelongings } from '../../artifacts/index.ts';
import { findPipelineVariables, type Pipeline, presentPipelineStatus } from '../../pipelines/index.ts';
import type { Project } from '../../projects/index.ts';
import { findRunnersByIds } from '../../runners/index.ts';
import { commitBlock } from '../payloads/commit-block.ts';
import { buildBlock, type JobOfPayload } from '../payloads/job-block.ts';
import { pipelineMergeRequestBlock } from '../payloads/merge-request-block.ts';
import { utcSeconds, utcSecondsMaybe } from '../payloads/payload-dates.ts';
import { projectBlock, projectUrl } from '../payloads/project-block.ts';
import { refStatusName } from '../payloads/ref-status.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { BuiltEvent, EventDefinition, EventDefinitions, EventPlace, PayloadDeps } from './event-definition.ts';
import { buildCreatedJobs } from './job-events.ts';
import { findLatestJobs, findTiers } from './job-reads.ts';
import { mergeRequestOfPage } from './merge-request-reads.ts';
import {
  commitOfPage,
  findEndsBefore,
  findMaskedKeys,
  findStageNames,
  pipelineOfPage,
  sourcePipelineOfPage,
} from './pipeline-reads.ts';
import { projectOfPage, userOfPage } from './shared-reads.ts';

/** In the place of a value that a masked variable of the same name would hide. */
const MASKED = '[MASKED]';

const placeOf = ({ projectId, pipelineId }: PipelineCreated | PipelineMoved): EventPlace => ({
  subject: `pipeline:${pipelineId}`,
  projectId,
});

const variablesOf = async ({ db, vault }: PayloadDeps, pipeline: Pipeline) => {
  const variables = await findPipelineVariables(vault, db, pipeline.id);
  const masked = await findMaskedKeys(
    db,
    pipeline.projectId,
    variables.map(({ key }) => key),
  );
  return variables.map(({ key, value }) => ({ key, value: masked.has(key) ? MASKED : value }));
};

const buildsOf = async (deps: PayloadDeps, project: Project, jobs: readonly JobOfPayload[]) => {
  const { db, clock } = deps;
  const idsOf = <Id>(ids: readonly (Id | null)[]): readonly Id[] => [...new Set(ids)].filter((id) => id !== null);
  const users = await findUsersByIds(db, idsOf(jobs.map(({ userId }) => userId)));
  const userById = new Map(users.map((user) => [user.id, user]));
  const runners = await findRunnersByIds(db, idsOf(jobs.map(({ runnerId }) => runnerId)));
  const artifacts = await findArtifactBelongings(
    deps,
    jobs.map(({ id }) => id),
  );
  const names = idsOf(jobs.map(({ environment }) => environment?.name ?? null));
  const tiers = await findTiers(db, project.id, names);
  const now = clock.now();
  return jobs.map((job) => {
    const belongings = {
      user: job.userId === null ? undefined : userById.get(job.userId),
      runner: job.runnerId === null ? undefined : runners.get(job.runnerId),
      archive: artifacts.get(job.id)?.archive,
      tier: job.environment === null ? undefined : tiers.get(job.environment.name),
    };
    return buildBlock(job, belongings, now);
  });
};

/** As it was when it came to that status: what came later is left out. */
const attributesOf = async (
  deps: PayloadDeps,
  { pipeline, project }: { readonly pipeline: Pipeline; readonly project: Project },
  status: Status,
  jobs: readonly JobOfPayload[],
) => {
  const isOver = isCompleted(status);
  const hasBegun = status !== 'created' && status !== 'pending';
  const warnings = jobs.some((job) => job.allowFailure && (job.status === 'failed' || job.status === 'canceled'));
  const startedAt = hasBegun ? pipeline.startedAt : null;
  const waited = startedAt === null ? 0 : Math.trunc((startedAt.getTime() - pipeline.createdAt.getTime()) / 1000);
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    name: pipeline.name,
    ref: pipeline.ref,
    ref_status_name: refStatusName(status, await findEndsBefore(deps.db, pipeline)),
    tag: pipeline.tag,
    sha: pipeline.sha,
    before_sha: pipeline.beforeSha,
    source: pipeline.source,
    status,
    detailed_status: presentPipelineStatus(status, warnings, null).label,
    stages: await findStageNames(deps.db, pipeline.id),
    created_at: utcSeconds(pipeline.createdAt),
    finished_at: utcSecondsMaybe(isOver ? pipeline.finishedAt : null),
    duration: isOver ? pipeline.duration : null,
    // As in GitLab, none is null.
    queued_duration: waited === 0 ? null : waited,
    protected_ref: pipeline.protected,
    variables: await variablesOf(deps, pipeline),
    url: `${projectUrl(project, deps.server.externalUrl)}/-/pipelines/${pipeline.id}`,
  };
};

const buildPipeline = async (
  deps: PayloadDeps,
  fact: PipelineCreated | PipelineMoved,
  status: Status,
): Promise<readonly BuiltEvent[]> => {
  const pipeline = await pipelineOfPage(deps, fact.pipelineId);
  const project = await projectOfPage(deps, fact.projectId);
  if (pipeline === undefined || project === undefined) return [];
  const user = pipeline.userId === null ? undefined : await userOfPage(deps, pipeline.userId);
  // GitLab is silent about what blocked users do.
  if (user?.state === 'blocked') return [];
  const jobs = await findLatestJobs(deps.db, pipeline.id);
  const found = await commitOfPage(deps, pipeline.id);
  const { externalUrl } = deps.server;
  const told = pipeline.mergeRequestId === null ? undefined : await mergeRequestOfPage(deps, pipeline.mergeRequestId);
  // Of a merge request's pipeline GitLab tells the branch, not the ref.
  const ref = told?.mergeRequest.sourceBranch ?? pipeline.ref;
  const payload = {
    object_kind: 'pipeline',
    object_attributes: { ...(await attributesOf(deps, { pipeline, project }, status, jobs)), ref },
    merge_request: told === undefined ? null : pipelineMergeRequestBlock(told),
    user: userBlock(user),
    project: projectBlock(project, externalUrl),
    commit: found === undefined ? null : commitBlock(found.commit, projectUrl(project, externalUrl)),
    builds: await buildsOf(
      deps,
      project,
      jobs.filter(({ isBridge }) => !isBridge),
    ),
    ...(await sourcePipelineOfPage(deps, pipeline.id)),
  };
  return [{ eventName: 'pipeline', trigger: 'pipeline_events', payload }];
};

/** A new pipeline is told of once it is more than created, its jobs at once. */
const pipelineCreated: EventDefinition<PipelineCreated> = {
  placeOf,
  triggersOf: () => ['pipeline_events', 'job_events'],
  eventName: () => 'pipeline',
  build: async (deps, fact, _snapshot, { wanted }) => [
    ...(wanted.has('job_events') ? await buildCreatedJobs(deps, fact.pipelineId) : []),
    ...(wanted.has('pipeline_events') && fact.status !== 'created' ? await buildPipeline(deps, fact, fact.status) : []),
  ],
};

const pipelineMoved: EventDefinition<PipelineMoved> = {
  placeOf,
  triggersOf: () => ['pipeline_events'],
  eventName: () => 'pipeline',
  build: (deps, fact) => buildPipeline(deps, fact, fact.to),
};

/** Every change of a pipeline's status. */
export const pipelineEvents: EventDefinitions = { pipeline_created: pipelineCreated, pipeline_moved: pipelineMoved };
