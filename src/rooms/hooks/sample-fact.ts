import type { Fact } from '../../events/index.ts';
import type { JobId, MergeRequestId, NoteId, PipelineId, ReleaseId } from '../../kit/ids.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Status } from '../../wire/statuses.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { findBranch, findCommit, findTag, listTagNames, NO_SHA, type RepositoryDeps } from '../repositories/index.ts';
import { TOLD_OF_JOBS } from './events/job-events.ts';
import type { HookSwitch } from './hook.ts';

export interface SampleDeps {
  readonly db: Db;
  readonly repositories: RepositoryDeps;
}

/** The newest thing of a kind, as if it had happened now; or why there is none. */
export type Sample =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'nothing'; readonly sentence: string };

type FindFact = (deps: SampleDeps, project: Project, user: User) => Promise<Fact | undefined>;

const newestPush: FindFact = async ({ repositories }, project, user) => {
  const branch = await findBranch(repositories, project, project.defaultBranch);
  const commit = branch && (await findCommit(repositories, project, branch.sha));
  if (branch === undefined || commit === undefined) return undefined;
  const before = commit.parentShas[0] ?? NO_SHA;
  return pushOf(project, user, { ref: branch.fullRef, before, after: branch.sha });
};

const newestTagPush: FindFact = async ({ repositories }, project, user) => {
  const name = (await listTagNames(repositories, project)).at(-1);
  const tag = name === undefined ? undefined : await findTag(repositories, project, name);
  return tag && pushOf(project, user, { ref: tag.fullRef, before: NO_SHA, after: tag.sha });
};

const pushOf = (
  project: Project,
  user: User,
  move: { readonly ref: string; readonly before: string; readonly after: string },
): Fact => ({
  type: 'ref_pushed',
  projectId: project.id,
  userId: user.id,
  ...move,
  pushOptions: [],
  isOneOfMany: false,
});

/** A job that nothing is told of while it stands as it does (manual, skipped) is no example. */
const newestJob: FindFact = async ({ db }, { id: projectId }) => {
  const job = await db
    .selectFrom('jobs')
    .select(['id', 'pipeline_id', 'status'])
    .where('project_id', '=', projectId)
    .where('type', '=', 'build')
    .where('status', 'in', TOLD_OF_JOBS)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (job === undefined) return undefined;
  const status = job.status as Status;
  const [jobId, pipelineId] = [job.id as JobId, job.pipeline_id as PipelineId];
  return { type: 'job_moved', projectId, pipelineId, jobId, from: status, to: status };
};

const newestPipeline: FindFact = async ({ db }, { id: projectId }) => {
  const pipeline = await db
    .selectFrom('pipelines')
    .select(['id', 'status'])
    .where('project_id', '=', projectId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (pipeline === undefined) return undefined;
  const status = pipeline.status as Status;
  return { type: 'pipeline_moved', projectId, pipelineId: pipeline.id as PipelineId, from: status, to: status };
};

const newestRelease: FindFact = async ({ db }, { id: projectId }) => {
  const release = await db
    .selectFrom('releases')
    .select('id')
    .where('project_id', '=', projectId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return release && { type: 'release_changed', projectId, releaseId: release.id as ReleaseId, action: 'create' };
};

const newestMergeRequest: FindFact = async ({ db }, { id: projectId }, { id: userId }) => {
  const found = await db
    .selectFrom('merge_requests')
    .select('id')
    .where('project_id', '=', projectId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const mergeRequestId = found.id as MergeRequestId;
  return { type: 'merge_request_changed', projectId, mergeRequestId, action: 'open', userId, changes: {} };
};

const newestNote: FindFact = async ({ db }, { id: projectId }, { id: userId }) => {
  const note = await db
    .selectFrom('notes')
    .select('id')
    .where('project_id', '=', projectId)
    // Hooks hear of comments that everybody may read.
    .where('internal', '=', false)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return note && { type: 'note_changed', projectId, noteId: note.id as NoteId, userId, action: 'create' };
};

const nothing: FindFact = async () => undefined;

/** GitLab's kinds that can be tried, and its sentences where a project has nothing of a kind. */
const KINDS: Readonly<Partial<Record<HookSwitch, readonly [find: FindFact, sentence: string]>>> = {
  push_events: [newestPush, 'Ensure the project has at least one commit.'],
  tag_push_events: [newestTagPush, 'Ensure the project has tags.'],
  note_events: [newestNote, 'Ensure the project has notes.'],
  issues_events: [nothing, 'Ensure the project has issues.'],
  confidential_issues_events: [nothing, 'Ensure the project has issues.'],
  merge_requests_events: [newestMergeRequest, 'Ensure the project has merge requests.'],
  job_events: [newestJob, 'Ensure the project has CI jobs.'],
  pipeline_events: [newestPipeline, 'Ensure the project has CI pipelines.'],
  wiki_page_events: [nothing, 'Ensure the wiki is enabled and has pages.'],
  releases_events: [newestRelease, 'Ensure the project has releases.'],
  milestone_events: [nothing, 'Ensure the project has milestones.'],
  emoji_events: [nothing, 'Ensure the project has notes.'],
};

export const NOT_TESTABLE = 'Testing not available for this hook';

/** What a hook of the project is tried with. */
export const findSample = async (
  deps: SampleDeps,
  trigger: HookSwitch,
  project: Project,
  user: User,
): Promise<Sample> => {
  const kind = KINDS[trigger];
  if (kind === undefined) return { kind: 'nothing', sentence: NOT_TESTABLE };
  const [find, sentence] = kind;
  const fact = await find(deps, project, user);
  return fact === undefined ? { kind: 'nothing', sentence } : { kind: 'fact', fact };
};
