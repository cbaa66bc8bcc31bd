import type { MergeRequestId, NoteId, ProjectId, UserId } from '../../kit/ids.ts';

/** A comment on a merge request. */
export interface Note {
  readonly id: NoteId;
  readonly projectId: ProjectId;
  readonly mergeRequestId: MergeRequestId;
  /** Null: the user is gone. */
  readonly authorId: UserId | null;
  readonly body: string;
  /** Only for members from reporter on. */
  readonly internal: boolean;
  readonly updatedById: UserId | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
