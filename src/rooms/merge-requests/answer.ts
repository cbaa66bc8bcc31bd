import type { ApiRequest } from '../../http/index.ts';
import { countCommitsBetween, diffCommits, listChangedPaths } from '../../platform/git/index.ts';
import { type Actor, actingUser, findUsersByIds } from '../accounts/index.ts';
import {
  type AnswerDeps,
  contextOf,
  pipelineExtras,
  presentPipeline,
  presentPipelineBasic,
} from '../pipelines/index.ts';
import { can, findProjectById, findProtectedRefs, mayMergeInto, type Project, type Role } from '../projects/index.ts';
import { repositoryOf } from '../repositories/index.ts';
import type { ReadDeps } from './deps.ts';
import { findBranches } from './git-view.ts';
import { judgeMerge } from './judge-merge.ts';
import { countNotes } from './list-store.ts';
import type { MergeRequest } from './merge-request.ts';
import {
  type DetailContext,
  type PresentContext,
  peopleOf,
  presentMergeRequest,
  presentMergeRequestDetail,
} from './present.ts';

/** Gathers what the presenters need beside the rows themselves. */

export interface MergeRequestAnswerDeps extends ReadDeps, AnswerDeps {}

export interface Viewer {
  readonly actor: Actor;
  readonly role: Role | undefined;
}

/** A page of a list. `recheck`: also tries merges that nobody has tried yet. */
export const answerMergeRequests = async (
  deps: MergeRequestAnswerDeps,
  mergeRequests: readonly MergeRequest[],
  request: ApiRequest,
  options: { readonly recheck: boolean },
) => {
  const projects = await projectsOf(deps, mergeRequests);
  const found = await findUsersByIds(deps.db, [...new Set(mergeRequests.flatMap(peopleOf))]);
  const users = new Map(found.map((user) => [user.id, user]));
  const notes = await countNotes(
    deps.db,
    mergeRequests.map(({ id }) => id),
  );
  const rows = [];
  for (const mergeRequest of mergeRequests) {
    const project = projects.get(mergeRequest.projectId);
    if (project === undefined) continue;
    const { facts } = await judgeMerge(deps, project, mergeRequest, { lazily: !options.recheck });
    const about = { baseUrl: request.baseUrl, project, users, notes: notes.get(mergeRequest.id) ?? 0, facts };
    rows.push(presentMergeRequest(mergeRequest, about));
  }
  return rows;
};

/** The projects of these, by id. */
export const projectsOf = async (
  deps: ReadDeps,
  mergeRequests: readonly MergeRequest[],
): Promise<ReadonlyMap<number, Project>> => {
  const ids = [...new Set(mergeRequests.map(({ projectId }) => projectId))];
  const projects = await Promise.all(ids.map((id) => findProjectById(deps.db, id)));
  return new Map(projects.flatMap((project) => (project === undefined ? [] : [[project.id, project]])));
};

const contextOfOne = async (
  deps: MergeRequestAnswerDeps,
  project: Project,
  mergeRequest: MergeRequest,
  request: ApiRequest,
  judged: Awaited<ReturnType<typeof judgeMerge>>,
): Promise<PresentContext> => {
  const users = await findUsersByIds(deps.db, [...new Set(peopleOf(mergeRequest))]);
  return {
    baseUrl: request.baseUrl,
    project,
    users: new Map(users.map((user) => [user.id, user])),
    notes: (await countNotes(deps.db, [mergeRequest.id])).get(mergeRequest.id) ?? 0,
    facts: judged.facts,
  };
};

const MAX_COUNTED = 1000;

const countChangedFiles = async (
  deps: ReadDeps,
  project: Project,
  { sha, baseSha }: MergeRequest,
): Promise<string | null> => {
  if (baseSha === null) return null;
  const paths = await listChangedPaths(repositoryOf(deps.repositories, project), baseSha, sha);
  if (paths === undefined || paths.length === 0) return null;
  return paths.length > MAX_COUNTED ? `${MAX_COUNTED}+` : String(paths.length);
};

/** One merge request, whole. */
export const answerMergeRequest = async (
  deps: MergeRequestAnswerDeps,
  viewer: Viewer,
  project: Project,
  mergeRequest: MergeRequest,
  request: ApiRequest,
) => presentMergeRequestDetail(mergeRequest, await detailOf(deps, viewer, project, mergeRequest, request));

const detailOf = async (
  deps: MergeRequestAnswerDeps,
  { actor, role }: Viewer,
  project: Project,
  mergeRequest: MergeRequest,
  request: ApiRequest,
): Promise<DetailContext> => {
  const judged = await judgeMerge(deps, project, mergeRequest);
  const user = actingUser(actor);
  const rules = await findProtectedRefs(deps.db, project.id);
  const shown = can(actor, 'read_pipeline', project, role) ? judged.headPipeline : undefined;
  const context = contextOf(request, project);
  return {
    ...(await contextOfOne(deps, project, mergeRequest, request, judged)),
    pipeline: shown === undefined ? null : presentPipelineBasic(shown, context),
    headPipeline: shown === undefined ? null : presentPipeline(shown, await pipelineExtras(deps, shown), context),
    latestBuild: shown,
    changesCount: await countChangedFiles(deps, project, mergeRequest),
    canMerge: user !== undefined && mayMergeInto(project, rules, { user, role }, mergeRequest.targetBranch),
  };
};

/** Commits of the target branch that the source branch has not; 0 where one of them is gone. */
export const countCommitsBehind = async (
  deps: ReadDeps,
  project: Project,
  mergeRequest: MergeRequest,
): Promise<number> => {
  const { sourceSha, targetSha } = await findBranches(deps, project, mergeRequest);
  if (sourceSha === undefined || targetSha === undefined) return 0;
  return countCommitsBetween(repositoryOf(deps.repositories, project), sourceSha, targetSha);
};

/** What it changes, against the merge base. */
export const readDiff = async (deps: ReadDeps, project: Project, { sha, baseSha }: MergeRequest) =>
  baseSha === null
    ? { files: [], overflow: false }
    : diffCommits(repositoryOf(deps.repositories, project), baseSha, sha);
