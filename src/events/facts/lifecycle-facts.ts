import type { NamespaceId, ProjectId, SshKeyId, UserId } from '../../kit/ids.ts';

/**
 * Users, keys, groups, projects and members. What is destroyed is still there while its fact is published: subscribers
 * read it then or never.
 */
export type LifecycleFact = UserFact | KeyFact | GroupFact | ProjectFact | MemberFact;

export type UserFact =
  | {
      /** `user_failed_login`: somebody who is blocked tried to sign in. */
      readonly type: 'user_created' | 'user_destroyed' | 'user_failed_login';
      readonly userId: UserId;
    }
  | { readonly type: 'user_renamed'; readonly userId: UserId; readonly oldUsername: string };

export interface KeyFact {
  readonly type: 'key_created' | 'key_destroyed';
  readonly keyId: SshKeyId;
}

export type GroupFact =
  | { readonly type: 'group_created' | 'group_destroyed' | 'group_updated'; readonly groupId: NamespaceId }
  | {
      /** Its path, as in GitLab; a new name alone is `group_updated`. */
      readonly type: 'group_renamed';
      readonly groupId: NamespaceId;
      readonly oldPath: string;
      readonly oldFullPath: string;
    };

export type ProjectFact =
  | {
      /** `project_updated`: anything but its path and place; a new name, archived and unarchived too. */
      readonly type: 'project_created' | 'project_destroyed' | 'project_updated';
      readonly projectId: ProjectId;
    }
  | {
      /** Renamed: its own path (as in GitLab: not its name alone, nor its namespace's path). Transferred: into another namespace. */
      readonly type: 'project_renamed' | 'project_transferred';
      readonly projectId: ProjectId;
      readonly oldPathWithNamespace: string;
    };

/** Where somebody is or wants to be a member. */
export type MemberFactPlace =
  | { readonly kind: 'project'; readonly id: ProjectId }
  | { readonly kind: 'group'; readonly id: NamespaceId };

/** Direct members only. */
export interface MemberFact {
  readonly type: 'member_added' | 'member_updated' | 'member_removed' | 'access_requested' | 'access_request_revoked';
  readonly place: MemberFactPlace;
  readonly userId: UserId;
  /** 10, 20, 30, 40, 50: of the membership, or asked for. */
  readonly accessLevel: number;
  /** `YYYY-MM-DD`; null: for ever. */
  readonly expiresAt: string | null;
}
