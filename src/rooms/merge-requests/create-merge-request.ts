import { conflict, invalid, PenstockError } from '../../kit/errors.ts';
import type { UserId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import type { ChangeDeps } from './deps.ts';
import { findBase, findBranches } from './git-view.ts';
import { lookAgain } from './look-again.ts';
import type { MergeRequest } from './merge-request.ts';
import { hasCommits, runMergeRequestPipeline } from './run-pipeline.ts';
import { findMergeRequest, findOpenPair, insertMergeRequest, lockPairs, replacePeople } from './store.ts';
import { checkTexts, readersAmong, tidyLabels } from './wish-policy.ts';

export interface MergeRequestWish {
  readonly title: string;
  readonly description: string | null;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly labels: readonly string[];
  readonly assigneeIds: readonly number[];
  readonly reviewerIds: readonly number[];
  readonly squash: boolean | undefined;
  readonly removeSourceBranch: boolean | undefined;
  readonly discussionLocked: boolean | null;
}

export const pairIsTaken = (iid: number): PenstockError =>
  conflict([`Another open merge request already exists for this source branch: !${iid}`]);

/** 422 with sentences, GitLab's answer to branches that cannot be a pair. */
export const wrongPair = (sentence: string): PenstockError => new PenstockError('unprocessable', [sentence]);

const missingBranches = (source: string | undefined, target: string | undefined) => ({
  ...(source === undefined && { source_branch: ['does not exist'] }),
  ...(target === undefined && { target_branch: ['does not exist'] }),
});

/**
 * Opens a merge request between two branches of the project, and asks for its pipeline. Throws 400 for texts and missing branches,
 * 409 where an open one has the pair, 422 for one branch twice.
 */
export const createMergeRequest = async (
  deps: ChangeDeps,
  project: Project,
  user: User,
  wish: MergeRequestWish,
): Promise<MergeRequest> => {
  checkTexts(wish);
  const { sourceBranch, targetBranch } = wish;
  if (sourceBranch === targetBranch) throw wrongPair("You can't use same project/branch for source and target");
  const { sourceSha, targetSha } = await findBranches(deps, project, wish);
  if (sourceSha === undefined || targetSha === undefined) throw invalid(missingBranches(sourceSha, targetSha));
  const baseSha = await findBase(deps, project, sourceSha, targetSha);
  const people = {
    assignee: await readersAmong(deps, project, wish.assigneeIds),
    reviewer: await readersAmong(deps, project, wish.reviewerIds),
  };
  const made = await insert(deps, project, user, wish, { sha: sourceSha, baseSha, startSha: targetSha }, people);
  await lookAgain(deps, project, made.id, { needsPipeline: true });
  await runFirstPipeline(deps, project, user, (await findMergeRequest(deps.db, made.id)) ?? made);
  return (await findMergeRequest(deps.db, made.id)) ?? made;
};

const insert = async (
  deps: ChangeDeps,
  project: Project,
  user: User,
  wish: MergeRequestWish,
  head: { readonly sha: string; readonly baseSha: string | null; readonly startSha: string },
  people: { readonly assignee: readonly UserId[]; readonly reviewer: readonly UserId[] },
): Promise<MergeRequest> => {
  const labels = tidyLabels(wish.labels);
  return deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    await lockPairs(tx, project.id);
    const pair = await findOpenPair(tx, { ...wish, projectId: project.id });
    if (pair !== undefined) throw pairIsTaken(pair.iid);
    const id = await insertMergeRequest(
      tx,
      {
        ...wish,
        ...head,
        labels,
        projectId: project.id,
        authorId: user.id,
        squash: wish.squash ?? project.squashOption === 'default_on',
        removeSourceBranch: wish.removeSourceBranch ?? project.removeSourceBranchAfterMerge,
      },
      now,
    );
    await replacePeople(tx, id, 'assignee', people.assignee, now);
    await replacePeople(tx, id, 'reviewer', people.reviewer, now);
    const fact = { type: 'merge_request_changed', projectId: project.id, mergeRequestId: id, userId: user.id } as const;
    await deps.publish(tx, [{ ...fact, action: 'open', changes: {} }]);
    const made = await findMergeRequest(tx, id);
    if (made === undefined) throw new Error(`merge request ${id} is gone`);
    return made;
  });
};

/** The merge request is there whatever becomes of its pipeline; what fails here is made up for by the task. */
const runFirstPipeline = async (deps: ChangeDeps, project: Project, user: User, made: MergeRequest): Promise<void> => {
  if (!hasCommits(made)) return;
  try {
    await runMergeRequestPipeline(deps, project, made, { user, onceForHead: true });
  } catch (error) {
    deps.log.error({ err: error, mergeRequest: made.id }, 'the pipeline of a merge request was not created');
  }
};
