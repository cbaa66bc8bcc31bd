import type { MergeRequestId, NoteId, ProjectId, ReleaseId, UserId } from '../../kit/ids.ts';

/** GitLab's words for what happened to a merge request. */
export type MergeRequestAction =
  | 'open'
  | 'update'
  | 'close'
  | 'reopen'
  | 'merge'
  /** Somebody approved (unapproved), and it needs more. */
  | 'approval'
  | 'unapproval'
  /** … and it is (was) enough. */
  | 'approved'
  | 'unapproved';

export interface MergeRequestChanged {
  readonly type: 'merge_request_changed';
  /** The target's. */
  readonly projectId: ProjectId;
  readonly mergeRequestId: MergeRequestId;
  readonly action: MergeRequestAction;
  readonly userId: UserId;
  /** `update` by new commits: the head before. */
  readonly oldRev?: string;
  /** Attribute (as the API names it) → before and after. Empty where nothing of it changed. */
  readonly changes: Readonly<Record<string, { readonly previous: unknown; readonly current: unknown }>>;
}

/** A comment on a merge request or a commit. */
export interface NoteChanged {
  readonly type: 'note_changed';
  readonly projectId: ProjectId;
  readonly noteId: NoteId;
  readonly userId: UserId;
  readonly action: 'create' | 'update';
}

export interface ReleaseChanged {
  readonly type: 'release_changed';
  readonly projectId: ProjectId;
  /** While `delete` is published, the release is still there. */
  readonly releaseId: ReleaseId;
  readonly action: 'create' | 'update' | 'delete';
}
