import type { NoteId, ProjectId, UserId } from '../../kit/ids.ts';

/** A line that a commit adds or removes. */
export interface DiffLine {
  readonly path: string;
  /** In the new file; of a removed line in the old one. */
  readonly line: number;
  readonly lineType: 'new' | 'old';
  /** GitLab's name of it. */
  readonly lineCode: string;
}

export interface CommitComment {
  readonly id: NoteId;
  readonly projectId: ProjectId;
  readonly sha: string;
  /** Null: the user is gone. */
  readonly authorId: UserId | null;
  readonly body: string;
  /** Null: on the commit as a whole. */
  readonly diffLine: DiffLine | null;
  readonly createdAt: Date;
}
