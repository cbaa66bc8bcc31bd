import type { ProjectId, UserId } from '../../kit/ids.ts';

/** A branch or a tag that a push created, moved or deleted. */
export interface RefPushed {
  readonly type: 'ref_pushed';
  readonly projectId: ProjectId;
  readonly userId: UserId;
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly ref: string;
  /** 40 zeros: was not there. */
  readonly before: string;
  /** 40 zeros: is gone. */
  readonly after: string;
  /** As they were sent. */
  readonly pushOptions: readonly string[];
  /**
   * More branches (or tags) were created, changed or deleted at once than GitLab's `push_event_hooks_limit`: no hook hears of
   * each one, only of the repository's update.
   */
  readonly isOneOfMany: boolean;
}

/** Once for each push, whatever it moved. */
export interface RepositoryUpdated {
  readonly type: 'repository_updated';
  readonly projectId: ProjectId;
  readonly userId: UserId;
  readonly changes: readonly { readonly ref: string; readonly before: string; readonly after: string }[];
}
