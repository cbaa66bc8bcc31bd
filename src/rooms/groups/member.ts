import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';
import type { Role } from './role.ts';

/** Somebody who belongs to a group or a project. */
export interface Member {
  readonly user: User;
  readonly accessLevel: Role;
  /** `YYYY-MM-DD`: no member any more from the start of this day (UTC). Null = for ever. */
  readonly expiresAt: string | null;
  readonly createdById: UserId | null;
  readonly createdAt: Date;
}

/** What somebody can be a member of. */
export type MemberPlace =
  | { readonly kind: 'group'; readonly id: NamespaceId }
  | {
      readonly kind: 'project';
      readonly id: ProjectId;
      /** The user in whose own namespace it is; null = it is in a group. */
      readonly namespaceOwnerId: UserId | null;
    };

/** `direct`: whoever was added here; `all`: also the members of the groups above, each once, with their highest role. */
export type MemberReach = 'direct' | 'all';
