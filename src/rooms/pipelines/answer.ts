import type { ApiRequest } from '../../http/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { JobId, PipelineId, UserId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { findUserById, findUsersByIds } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import type { RepositoryDeps } from '../repositories/index.ts';
import { findCommit, presentCommit } from '../repositories/index.ts';
import type { Job } from './job.ts';
import type { FindJobBelongings } from './job-belongings.ts';
import { NO_BELONGINGS } from './job-belongings.ts';
import type { Pipeline } from './pipeline.ts';
import { findPipelineSummary } from './pipeline-list-store.ts';
import { findPipelinesByIds } from './pipeline-store.ts';
import type { PipelineExtras, PresentContext } from './present.ts';
import { presentJob } from './present.ts';

/** Gathers what the presenters need beside the rows themselves. */

export interface AnswerDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repositories: RepositoryDeps;
  readonly jobBelongings: FindJobBelongings;
}

export const contextOf = (request: ApiRequest, project: Project): PresentContext => ({
  baseUrl: request.baseUrl,
  project,
});

/** Of a pipeline that was made a moment ago: nothing has run yet. */
export const newPipelineExtras = (user: User): PipelineExtras => ({ user, warnings: false, coverage: null });

export async function pipelineExtras(deps: AnswerDeps, pipeline: Pipeline): Promise<PipelineExtras> {
  const summary = await findPipelineSummary(deps.db, pipeline.id);
  const user = pipeline.userId === null ? undefined : await findUserById(deps.db, pipeline.userId);
  return { ...summary, user };
}

/** Jobs of one project as the API shows them, in the order given. One query a table, whatever their number. */
export async function answerJobs(deps: AnswerDeps, jobs: readonly Job[], context: PresentContext, project: Project) {
  const pipelines = await findPipelinesByIds(deps.db, unique(jobs.map((job) => job.pipelineId)));
  const found = await findUsersByIds(deps.db, unique(jobs.flatMap((job) => (job.userId === null ? [] : [job.userId]))));
  const users = new Map(found.map((user) => [user.id, user]));
  const belongings = await deps.jobBelongings(jobs);
  const commits = await presentCommits(deps, [...pipelines.values()], context, project);
  const now = deps.clock.now();
  return jobs.flatMap((job) => {
    const pipeline = pipelines.get(job.pipelineId);
    if (pipeline === undefined) return [];
    const extras = {
      now,
      pipeline,
      user: userOf(users, job.userId),
      commit: commits.get(pipeline.sha) ?? null,
      belongings: belongings.get(job.id) ?? NO_BELONGINGS,
    };
    return [presentJob(job, extras, context)];
  });
}

export async function answerJob(deps: AnswerDeps, job: Job, context: PresentContext, project: Project) {
  const [answer] = await answerJobs(deps, [job], context, project);
  if (answer === undefined) throw new Error(`job ${job.id} has no pipeline`);
  return answer;
}

async function presentCommits(
  deps: AnswerDeps,
  pipelines: readonly Pipeline[],
  context: PresentContext,
  project: Project,
) {
  const shas = unique(pipelines.map((pipeline) => pipeline.sha));
  const commits = await Promise.all(shas.map((sha) => findCommit(deps.repositories, project, sha)));
  return new Map(
    commits.flatMap((commit) =>
      commit === undefined ? [] : [[commit.sha, presentCommit(commit, `${context.baseUrl}/${project.fullPath}`)]],
    ),
  );
}

const userOf = (users: ReadonlyMap<UserId, User>, id: UserId | null): User | undefined =>
  id === null ? undefined : users.get(id);

const unique = <T extends JobId | PipelineId | UserId | string>(values: readonly T[]): readonly T[] => [
  ...new Set(values),
];
