import type { JobMoved } from '../../../events/index.ts';
import type { PipelineId } from '../../../kit/ids.ts';
import type { Status } from '../../../wire/statuses.ts';
import { isCompleted } from '../../../wire/statuses.ts';
import type { User } from '../../accounts/index.ts';
import type { Pipeline } from '../../pipelines/index.ts';
import type { Commit } from '../../repositories/index.ts';
import { findRunnersByIds } from '../../runners/index.ts';
import { commitAuthor, commitMessage } from '../payloads/commit-texts.ts';
import { type JobOfPayload, jobAt, jobSeconds } from '../payloads/job-block.ts';
import { isoSecondsMaybe, utcSecondsMaybe } from '../payloads/payload-dates.ts';
import { projectBlock, repositoryBlockWithUrls } from '../payloads/project-block.ts';
import { runnerBlock } from '../payloads/runner-block.ts';
import { userBlock } from '../payloads/user-block.ts';
import type { BuiltEvent, EventDefinition, EventDefinitions, PayloadDeps } from './event-definition.ts';
import { countRetriedJobs, findFirstJobs, findJobsOfPayload } from './job-reads.ts';
import { perPage, perPageKey } from './per-page.ts';
import { commitOfPage, pipelineOfPage, sourcePipelineOfPage } from './pipeline-reads.ts';
import { projectOfPage, userOfPage } from './shared-reads.ts';

/** What GitLab tells of, besides that a job was created. */
export const TOLD_OF_JOBS: readonly Status[] = ['pending', 'running', 'success', 'failed', 'canceled'];

const jobsOfPage = perPage(({ db, page }) =>
  findJobsOfPayload(
    db,
    page.facts.flatMap((fact) => (fact.type === 'job_moved' ? [fact.jobId] : [])),
  ),
);

const runnersOfPage = perPage(async (deps) => {
  const ids = [...(await jobsOfPage(deps)).values()].map(({ runnerId }) => runnerId);
  return findRunnersByIds(
    deps.db,
    [...new Set(ids)].filter((id) => id !== null),
  );
});

const retriesOfPage = perPageKey(({ db }, id: PipelineId) => countRetriedJobs(db, [id]));

const dates = (name: string, date: Date | null) => ({
  [name]: utcSecondsMaybe(date),
  [`${name}_iso`]: isoSecondsMaybe(date),
});

/** `commit`: the pipeline, with words of its commit. */
const pipelineAsCommit = (
  pipeline: Pipeline,
  found: { readonly commit: Commit; readonly author: User | undefined } | undefined,
  baseUrl: string,
) => {
  const written = found === undefined ? { name: null, email: null } : commitAuthor(found.commit);
  const finishedAt = isCompleted(pipeline.status) ? pipeline.finishedAt : null;
  return {
    id: pipeline.id,
    name: pipeline.name,
    sha: pipeline.sha,
    message: found === undefined ? null : commitMessage(found.commit),
    author_name: written.name,
    author_email: written.email,
    author_url: found?.author === undefined ? `mailto:${written.email ?? ''}` : `${baseUrl}/${found.author.username}`,
    status: pipeline.status,
    duration: finishedAt === null ? null : pipeline.duration,
    ...dates('started_at', pipeline.startedAt),
    ...dates('finished_at', finishedAt),
  };
};

const buildJob = async (deps: PayloadDeps, job: JobOfPayload, at: Date): Promise<readonly BuiltEvent[]> => {
  const pipeline = await pipelineOfPage(deps, job.pipelineId);
  const project = await projectOfPage(deps, job.projectId);
  if (pipeline === undefined || project === undefined) return [];
  const user = job.userId === null ? undefined : await userOfPage(deps, job.userId);
  // GitLab is silent about what blocked users do.
  if (user?.state === 'blocked') return [];
  const { externalUrl } = deps.server;
  const { duration, queuedDuration } = jobSeconds(job, at);
  const retries = await retriesOfPage(deps, pipeline.id);
  const payload = {
    object_kind: 'build',
    ref: job.ref,
    tag: job.tag,
    before_sha: pipeline.beforeSha,
    sha: pipeline.sha,
    retries_count: retries.get(`${pipeline.id} ${job.name}`) ?? 0,
    build_id: job.id,
    build_name: job.name,
    build_stage: job.stage,
    build_status: job.status,
    ...dates('build_created_at', job.createdAt),
    ...dates('build_started_at', job.startedAt),
    ...dates('build_finished_at', job.finishedAt),
    build_duration: duration,
    build_queued_duration: queuedDuration,
    build_allow_failure: job.allowFailure,
    // GitLab's word for none as well.
    build_failure_reason: job.failureReason ?? 'unknown_failure',
    pipeline_id: pipeline.id,
    runner: job.runnerId === null ? null : runnerBlock((await runnersOfPage(deps)).get(job.runnerId)),
    project_id: project.id,
    project_name: `${project.namespace.fullName} / ${project.name}`,
    user: userBlock(user),
    commit: pipelineAsCommit(pipeline, await commitOfPage(deps, pipeline.id), externalUrl),
    repository: repositoryBlockWithUrls(project, externalUrl),
    project: projectBlock(project, externalUrl),
    environment: job.environment,
    ...(await sourcePipelineOfPage(deps, pipeline.id)),
  };
  return [{ eventName: 'build', trigger: 'job_events', payload }];
};

/** That the jobs of a new pipeline were created. Trigger jobs have no hooks. */
export const buildCreatedJobs = async (deps: PayloadDeps, id: PipelineId): Promise<readonly BuiltEvent[]> => {
  const jobs = (await findFirstJobs(deps.db, id)).filter(({ isBridge }) => !isBridge);
  const built: BuiltEvent[] = [];
  for (const job of jobs) built.push(...(await buildJob(deps, jobAt(job, 'created'), job.createdAt)));
  return built;
};

const jobMoved: EventDefinition<JobMoved> = {
  placeOf: ({ projectId, pipelineId }) => ({ subject: `pipeline:${pipelineId}`, projectId }),
  triggersOf: () => ['job_events'],
  eventName: () => 'build',
  build: async (deps, { jobId, from, to }, _snapshot, { occurredAt }) => {
    const job = (await jobsOfPage(deps)).get(jobId);
    if (job === undefined || job.isBridge) return [];
    return [
      // Another attempt: nobody has told of it yet.
      ...(from === 'created' && job.isRetry ? await buildJob(deps, jobAt(job, 'created'), job.createdAt) : []),
      ...(TOLD_OF_JOBS.includes(to) ? await buildJob(deps, jobAt(job, to), occurredAt) : []),
    ];
  },
};

/** Jobs that wait, run and end. */
export const jobEvents: EventDefinitions = { job_moved: jobMoved };
