import type { User } from '../accounts/index.ts';
import { presentUserBasic, presentUserPublic } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import type { PresentedCommit } from '../repositories/index.ts';
import type { Job } from './job.ts';
import type { JobBelongings } from './job-belongings.ts';
import type { Pipeline, PipelineVariable } from './pipeline.ts';
import { presentPipelineStatus } from './present-status.ts';

/** Entities of GitLab's REST API (`Ci::PipelineBasic`, `Ci::Pipeline`, `Ci::Job`, `Ci::Variable`). Pure. */

/** What every link starts from. */
export interface PresentContext {
  /** `https://host/root`, no trailing slash. */
  readonly baseUrl: string;
  readonly project: Pick<Project, 'id' | 'fullPath' | 'jobTokenScopeEnabled'>;
}

export const pipelinePath = (context: PresentContext, id: number): string =>
  `/${context.project.fullPath}/-/pipelines/${id}`;

export const presentPipelineBasic = (pipeline: Pipeline, context: PresentContext) => ({
  id: pipeline.id,
  iid: pipeline.iid,
  project_id: pipeline.projectId,
  sha: pipeline.sha,
  ref: pipeline.ref,
  status: pipeline.status,
  source: pipeline.source,
  created_at: pipeline.createdAt.toISOString(),
  updated_at: pipeline.updatedAt.toISOString(),
  web_url: `${context.baseUrl}${pipelinePath(context, pipeline.id)}`,
});

/** An element of the pipelines list. */
export const presentPipelineListed = (pipeline: Pipeline, context: PresentContext) => ({
  ...presentPipelineBasic(pipeline, context),
  name: pipeline.name,
});

export interface PipelineExtras {
  readonly user: User | undefined;
  /** It passed although jobs that may fail did. */
  readonly warnings: boolean;
  /** Mean of the jobs' coverage in percent. */
  readonly coverage: number | null;
}

/** The whole pipeline, as answered by create, trigger, retry and cancel (without `name`). */
export const presentPipeline = (pipeline: Pipeline, extras: PipelineExtras, context: PresentContext) => ({
  ...presentPipelineBasic(pipeline, context),
  before_sha: pipeline.beforeSha,
  tag: pipeline.tag,
  yaml_errors: pipeline.yamlErrors,
  user: extras.user === undefined ? null : presentUserBasic(extras.user, context.baseUrl),
  started_at: pipeline.startedAt?.toISOString() ?? null,
  finished_at: pipeline.finishedAt?.toISOString() ?? null,
  committed_at: null,
  duration: pipeline.duration,
  queued_duration: wholeSeconds(pipeline.createdAt, pipeline.startedAt),
  coverage: extras.coverage === null ? null : extras.coverage.toFixed(2),
  detailed_status: presentPipelineStatus(pipeline.status, extras.warnings, pipelinePath(context, pipeline.id)),
  archived: false,
});

/** One pipeline by id, the latest, and after a change of its name. */
export const presentPipelineWithName = (pipeline: Pipeline, extras: PipelineExtras, context: PresentContext) => ({
  ...presentPipeline(pipeline, extras, context),
  name: pipeline.name,
});

export const presentVariable = (variable: PipelineVariable) => ({
  variable_type: variable.variableType,
  key: variable.key,
  value: variable.value,
  raw: variable.raw,
});

export interface JobExtras {
  /** What is still waiting or running has done so until now. */
  readonly now: Date;
  readonly pipeline: Pipeline;
  readonly user: User | undefined;
  readonly commit: PresentedCommit | null;
  readonly belongings: JobBelongings;
}

export const presentJob = (job: Job, extras: JobExtras, context: PresentContext) => ({
  id: job.id,
  status: job.status,
  stage: job.stage,
  name: job.name,
  ref: job.ref,
  tag: job.tag,
  coverage: job.coverage,
  allow_failure: job.allowFailure,
  created_at: job.createdAt.toISOString(),
  started_at: job.startedAt?.toISOString() ?? null,
  finished_at: job.finishedAt?.toISOString() ?? null,
  erased_at: job.erasedAt?.toISOString() ?? null,
  duration: secondsFrom(job.startedAt, job.finishedAt ?? extras.now),
  queued_duration: secondsFrom(job.queuedAt, job.startedAt ?? extras.now),
  user: extras.user === undefined ? null : presentUserPublic(extras.user, context.baseUrl),
  commit: extras.commit,
  pipeline: presentPipelineBasic(extras.pipeline, context),
  // GitLab leaves the key out unless the job has failed.
  ...(job.status === 'failed' && { failure_reason: job.failureReason ?? 'unknown_failure' }),
  web_url: `${context.baseUrl}/${context.project.fullPath}/-/jobs/${job.id}`,
  project: { ci_job_token_scope_enabled: false },
  ...(extras.belongings.archive !== undefined && { artifacts_file: extras.belongings.archive }),
  artifacts: extras.belongings.artifacts,
  runner: extras.belongings.runner,
  runner_manager: extras.belongings.runnerManager,
  artifacts_expire_at: job.artifactsExpireAt?.toISOString() ?? null,
  archived: false,
  tag_list: [...job.tagList].sort(),
});

/** Seconds with fractions; null before it began. */
const secondsFrom = (from: Date | null, to: Date): number | null =>
  from === null ? null : (to.getTime() - from.getTime()) / 1000;

/** Whole seconds; null while one end is open, and (as in GitLab) for none. */
const wholeSeconds = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : Math.trunc((to.getTime() - from.getTime()) / 1000) || null;
