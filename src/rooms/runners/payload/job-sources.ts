import type { Clock } from '../../../kit/clock.ts';
import type { ProjectId, ScheduleId } from '../../../kit/ids.ts';
import type { Db } from '../../../platform/postgres/index.ts';
import type { Vault } from '../../../platform/secrets/index.ts';
import { findUserById } from '../../accounts/index.ts';
import { findDotenvVariables } from '../../artifacts/index.ts';
import { findEnvironment } from '../../environments/index.ts';
import type {
  Job,
  JobWithOptions,
  MergeRequestQuestions,
  Pipeline,
  ScheduleOfPipeline,
} from '../../pipelines/index.ts';
import {
  commitFacts,
  findJobsOfPipeline,
  findJobWithOptions,
  findPipelineById,
  findPipelineVariables,
  findPlayVariables,
} from '../../pipelines/index.ts';
import type { Project } from '../../projects/index.ts';
import { findCiDeployToken, findProjectById } from '../../projects/index.ts';
import type { RepositoryDeps } from '../../repositories/index.ts';
import { findCommit, findTagMessage } from '../../repositories/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import { NO_COMMIT, variablesForPipeline } from '../../variables/index.ts';
import type { Runner } from '../runner.ts';
import { dependencyJobs } from './dependencies.ts';
import type { JobVariableSources } from './job-variables.ts';

export interface JobSourceDeps extends MergeRequestQuestions {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly repositories: RepositoryDeps;
  readonly server: ServerFacts;
  readonly findSchedule: FindSchedule;
  readonly findRelease: FindRelease;
}

/** A question to the room of releases: what the project says of that tag; undefined: nothing. */
export type FindRelease = (
  projectId: ProjectId,
  tag: string,
) => Promise<{ readonly name: string; readonly description: string | null } | undefined>;

/** The schedule of that number as it is now; undefined: it is gone. */
export type FindSchedule = (id: ScheduleId) => Promise<ScheduleOfPipeline | undefined>;

/** A job and everything that its payload is made of, read in one go. */
export interface JobSources extends JobVariableSources {
  readonly dependencies: readonly Job[];
}

export type FoundSources =
  | { readonly kind: 'found'; readonly sources: JobSources }
  | { readonly kind: 'unfit'; readonly reason: 'project_deleted' | 'builds_disabled' | 'user_blocked' };

interface JobRows {
  readonly job: JobWithOptions;
  readonly pipeline: Pipeline;
}

async function getRows(deps: JobSourceDeps, jobId: Job['id']): Promise<JobRows> {
  const job = await findJobWithOptions(deps.db, jobId);
  const pipeline = job && (await findPipelineById(deps.db, job.pipelineId));
  if (job === undefined || pipeline === undefined) throw new Error(`job ${jobId} is gone`);
  return { job, pipeline };
}

/** GitLab's checks before a job may start come with it: project, CI/CD, user. */
export async function findJobSources(
  deps: JobSourceDeps,
  jobId: Job['id'],
  token: string,
  runner: Runner | undefined,
): Promise<FoundSources> {
  const { job, pipeline } = await getRows(deps, jobId);
  const project = await findProjectById(deps.db, job.projectId);
  if (project === undefined) return { kind: 'unfit', reason: 'project_deleted' };
  if (!project.buildsEnabled) return { kind: 'unfit', reason: 'builds_disabled' };
  const user = job.userId === null ? undefined : await findUserById(deps.db, job.userId);
  if (user === undefined || user.state !== 'active') return { kind: 'unfit', reason: 'user_blocked' };
  const latest = await findJobsOfPipeline(deps.db, pipeline.id, { includeRetried: false });
  const dependencies = dependencyJobs(job, job.options, latest);
  const mergeRequest =
    pipeline.mergeRequestId === null ? undefined : await deps.findMergeRequestFacts(project, pipeline.mergeRequestId);
  const [
    commit,
    tagMessage,
    openMergeRequests,
    dotenv,
    stored,
    pipelineVariables,
    schedule,
    playVariables,
    environment,
    deployToken,
    release,
  ] = await Promise.all([
    findCommit(deps.repositories, project, pipeline.sha),
    pipeline.tag ? findTagMessage(deps.repositories, project, pipeline.ref) : undefined,
    pipeline.tag ? [] : deps.findOpenMergeRequests(project, mergeRequest?.sourceBranch ?? pipeline.ref),
    findDotenvVariables(
      deps,
      dependencies.map((dependency) => dependency.id),
    ),
    storedVariables(deps, project, job),
    findPipelineVariables(deps.vault, deps.db, pipeline.id),
    pipeline.scheduleId === null ? undefined : deps.findSchedule(pipeline.scheduleId),
    findPlayVariables(deps.vault, deps.db, job.id),
    job.environmentName === null ? undefined : findEnvironment(deps.db, project.id, { name: job.environmentName }),
    findCiDeployToken(deps.db, deps.vault, project, deps.clock.now()),
    pipeline.tag ? deps.findRelease(project.id, pipeline.ref) : undefined,
  ]);
  return {
    kind: 'found',
    sources: {
      server: deps.server,
      project,
      pipeline,
      job,
      token,
      user,
      commit: commit === undefined ? NO_COMMIT : commitFacts(commit, tagMessage),
      runner,
      dotenv,
      stored,
      pipelineVariables,
      schedule,
      mergeRequest,
      openMergeRequests,
      playVariables,
      environment,
      deployToken,
      release,
      dependencies,
    },
  };
}

const storedVariables = (deps: JobSourceDeps, project: Project, job: Job) =>
  variablesForPipeline(deps, project, {
    protectedRef: job.protected,
    ...(job.environmentName !== null && { environment: job.environmentName }),
  });
