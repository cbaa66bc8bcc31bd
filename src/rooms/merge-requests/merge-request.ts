import type { MergeRequestId, ProjectId, UserId } from '../../kit/ids.ts';

export type MergeRequestState = 'opened' | 'closed' | 'merged';

/** A wish to merge one branch of a project into another. */
export interface MergeRequest {
  readonly id: MergeRequestId;
  readonly projectId: ProjectId;
  /** Number within the project, from 1. */
  readonly iid: number;
  readonly title: string;
  readonly description: string | null;
  readonly state: MergeRequestState;
  /** Null: the user is gone. */
  readonly authorId: UserId | null;
  readonly assigneeIds: readonly UserId[];
  readonly reviewerIds: readonly UserId[];
  /** Short names. */
  readonly sourceBranch: string;
  readonly targetBranch: string;
  /** Names, in order. */
  readonly labels: readonly string[];
  /** The head of the source branch; the last one that it had when it is gone. */
  readonly sha: string;
  /** The merge base with the target branch; null: no history in common. */
  readonly baseSha: string | null;
  /** The target branch's head when the base was found. */
  readonly startSha: string | null;
  /** Another one for each new head or base. */
  readonly diffId: number;
  /** The head that a pipeline has been asked for. */
  readonly pipelinedSha: string | null;
  /** Whether these two have been found to conflict. */
  readonly checked: { readonly sha: string; readonly targetSha: string; readonly hasConflicts: boolean } | null;
  readonly squash: boolean;
  readonly removeSourceBranch: boolean;
  readonly discussionLocked: boolean | null;
  /** Who wants it merged when its pipeline has succeeded, how, and into which branch (that name is known by every wish of today). */
  readonly autoMerge: {
    readonly userId: UserId;
    readonly options: MergeOptions;
    readonly targetBranch: string | null;
  } | null;
  readonly mergeError: string | null;
  /** A merge that is under way. Until it ends, the state and the target branch stay as they are. */
  readonly merging: MergeUnderWay | null;
  readonly mergeCommitSha: string | null;
  readonly squashCommitSha: string | null;
  readonly mergeUserId: UserId | null;
  readonly mergedAt: Date | null;
  /** The source branch is to be deleted, and has not been yet. */
  readonly removalDue: boolean;
  readonly closedById: UserId | null;
  readonly closedAt: Date | null;
  readonly updatedById: UserId | null;
  readonly lastEditedAt: Date | null;
  readonly lastEditedById: UserId | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How somebody wants it merged. */
export interface MergeOptions {
  readonly squash: boolean;
  readonly removeSourceBranch: boolean;
  /** Null: the default. */
  readonly mergeCommitMessage: string | null;
  readonly squashCommitMessage: string | null;
}

/** A head of the source branch and what it is compared with. */
export type MergeHead = Pick<MergeRequest, 'sha' | 'baseSha' | 'startSha'>;

export interface MergeUnderWay {
  /** What the target branch is moved to. */
  readonly sha: string;
  /** What is merged, which stays so when somebody pushes to the source branch meanwhile; null: kept by an older server. */
  readonly head: MergeHead | null;
  readonly targetBranch: string;
  readonly userId: UserId;
  /** Null: no merge commit. */
  readonly mergeCommitSha: string | null;
  readonly squashCommitSha: string | null;
  readonly removeSourceBranch: boolean;
  readonly at: Date;
}

/** GitLab's numbers of states, in its hooks. */
export const STATE_IDS: Readonly<Record<MergeRequestState, number>> = { opened: 1, closed: 2, merged: 3 };

const DRAFT = /^\s*(?:\[draft\]|\(draft\)|draft:)/i;

/** The title says so: `Draft: …`, `[Draft] …`, `(Draft) …`. */
export const isDraft = (title: string): boolean => DRAFT.test(title);
