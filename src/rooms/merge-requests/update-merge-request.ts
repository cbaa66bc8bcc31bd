import type { MergeRequestAction } from '../../events/index.ts';
import { invalid } from '../../kit/errors.ts';
import type { UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import type { Project } from '../projects/index.ts';
import { headOf } from '../repositories/index.ts';
import {
  closeMergeRequestRow,
  type MergeRequestChanges,
  reopenMergeRequestRow,
  updateMergeRequest,
} from './change-store.ts';
import { pairIsTaken, wrongPair } from './create-merge-request.ts';
import type { ChangeDeps } from './deps.ts';
import { lookAgain } from './look-again.ts';
import { mergeInProgress } from './merge-refusals.ts';
import { isDraft, type MergeRequest, STATE_IDS } from './merge-request.ts';
import { settleMerge } from './settle-merge.ts';
import { findMergeRequest, findOpenPair, lockMergeRequest, lockPairs, replacePeople } from './store.ts';
import { checkTexts, readersAmong, tidyLabels } from './wish-policy.ts';

/** Absent: as it is. */
export interface UpdateWish extends MergeRequestChanges {
  readonly assigneeIds?: readonly number[];
  readonly reviewerIds?: readonly number[];
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
  readonly stateEvent?: 'close' | 'reopen';
}

type FactChanges = Readonly<Record<string, { readonly previous: unknown; readonly current: unknown }>>;

const labelsOf = (before: readonly string[], wish: UpdateWish): readonly string[] | undefined => {
  const { labels, addLabels = [], removeLabels = [] } = wish;
  if (labels === undefined && addLabels.length === 0 && removeLabels.length === 0) return undefined;
  return tidyLabels([...(labels ?? before), ...addLabels]).filter((label) => !removeLabels.includes(label));
};

/**
 * Changes it, closes it, opens it again: in one transaction with the facts. Throws 400 for texts, a branch that is not there, and a
 * merged one that is to be reopened; 409 where an open one has the pair, and for the target and the state while it is merged.
 */
export const changeMergeRequest = async (
  deps: ChangeDeps,
  project: Project,
  user: User,
  known: MergeRequest,
  wish: UpdateWish,
): Promise<MergeRequest> => {
  checkTexts(wish);
  const { targetBranch = known.targetBranch, stateEvent } = wish;
  if (targetBranch === known.sourceBranch) throw wrongPair("You can't use same project/branch for source and target");
  if (stateEvent === 'reopen' && known.state === 'merged') throw invalid({ state: ['cannot transition via "reopen"'] });
  if (targetBranch !== known.targetBranch && (await headOf(deps.repositories, project, targetBranch)) === undefined) {
    throw invalid({ target_branch: ['does not exist'] });
  }
  const assignees = wish.assigneeIds && (await readersAmong(deps, project, wish.assigneeIds));
  const reviewers = wish.reviewerIds && (await readersAmong(deps, project, wish.reviewerIds));
  await settleMerge(deps, project, known);
  const looksAgain = await deps.db.transaction().execute(async (tx) => {
    if (stateEvent === 'reopen' || targetBranch !== known.targetBranch) await lockPairs(tx, project.id);
    const before = await lockMergeRequest(tx, known.id);
    if (before === undefined) return false;
    const newTarget = newTargetOf(before, wish);
    const isNewTarget = newTarget !== undefined;
    if (before.merging !== null && (isNewTarget || stateEvent !== undefined)) throw mergeInProgress();
    const labels = labelsOf(before.labels, wish);
    const by = { userId: user.id, at: deps.clock.now() };
    const reopens = stateEvent === 'reopen' && before.state === 'closed';
    if (reopens || (isNewTarget && before.state === 'opened'))
      await refuseTakenPair(tx, before, newTarget ?? before.targetBranch);
    const { targetBranch: _, ...rest } = wish;
    const changed = { ...rest, ...(labels !== undefined && { labels }) };
    await updateMergeRequest(tx, before.id, isNewTarget ? { ...changed, targetBranch: newTarget } : changed, by);
    if (assignees !== undefined) await replacePeople(tx, before.id, 'assignee', assignees, by.at);
    if (reviewers !== undefined) await replacePeople(tx, before.id, 'reviewer', reviewers, by.at);
    const action = await moveState(tx, before, wish, by);
    const after = await findMergeRequest(tx, before.id);
    const changes = after === undefined ? {} : changesBetween(before, after);
    if (action === undefined && Object.keys(changes).length === 0) return false;
    const fact = { type: 'merge_request_changed', projectId: project.id, mergeRequestId: before.id } as const;
    await deps.publish(tx, [{ ...fact, userId: user.id, action: action ?? 'update', changes }]);
    return isNewTarget || stateEvent === 'reopen';
  });
  // Another target has another merge base; while it was closed nobody followed its branch.
  if (looksAgain) await lookAgain(deps, project, known.id, { needsPipeline: false });
  return (await findMergeRequest(deps.db, known.id)) ?? known;
};

/** Another target branch than it has. What is merged stays merged into what it was merged into. */
const newTargetOf = (before: MergeRequest, { targetBranch }: UpdateWish): string | undefined =>
  targetBranch === before.targetBranch || before.state === 'merged' ? undefined : targetBranch;

const refuseTakenPair = async (tx: Tx, mergeRequest: MergeRequest, targetBranch: string): Promise<void> => {
  const pair = await findOpenPair(tx, { ...mergeRequest, targetBranch });
  if (pair !== undefined && pair.id !== mergeRequest.id) throw pairIsTaken(pair.iid);
};

const moveState = async (
  tx: Tx,
  { id }: MergeRequest,
  { stateEvent }: UpdateWish,
  by: { readonly userId: UserId; readonly at: Date },
): Promise<MergeRequestAction | undefined> => {
  if (stateEvent === 'close') return (await closeMergeRequestRow(tx, id, by.userId, by.at)) ? 'close' : undefined;
  if (stateEvent === 'reopen') return (await reopenMergeRequestRow(tx, id, by.at)) ? 'reopen' : undefined;
  return undefined;
};

/** What hooks are told, by GitLab's names: people as ids, labels as names. */
const changesBetween = (before: MergeRequest, after: MergeRequest): FactChanges => {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['title', before.title, after.title],
    ['draft', isDraft(before.title), isDraft(after.title)],
    ['description', before.description, after.description],
    ['target_branch', before.targetBranch, after.targetBranch],
    ['labels', before.labels, after.labels],
    ['assignees', before.assigneeIds, after.assigneeIds],
    ['reviewers', before.reviewerIds, after.reviewerIds],
    ['squash', before.squash, after.squash],
    ['discussion_locked', before.discussionLocked, after.discussionLocked],
    ['state_id', STATE_IDS[before.state], STATE_IDS[after.state]],
    ['updated_by_id', before.updatedById, after.updatedById],
    ['last_edited_at', before.lastEditedAt?.toISOString() ?? null, after.lastEditedAt?.toISOString() ?? null],
    ['last_edited_by_id', before.lastEditedById, after.lastEditedById],
    ['updated_at', before.updatedAt.toISOString(), after.updatedAt.toISOString()],
  ];
  const changed = pairs.filter(([, previous, current]) => JSON.stringify(previous) !== JSON.stringify(current));
  const isReal = changed.some(([name]) => !BOOKKEEPING.has(name));
  return isReal ? Object.fromEntries(changed.map(([name, previous, current]) => [name, { previous, current }])) : {};
};

const BOOKKEEPING: ReadonlySet<string> = new Set([
  'updated_by_id',
  'updated_at',
  'last_edited_at',
  'last_edited_by_id',
]);
