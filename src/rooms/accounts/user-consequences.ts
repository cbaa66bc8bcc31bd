import type { NamespaceId, UserId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** Questions and orders to higher rooms (app/ hands in the answers): what follows when a user changes. */
export interface UserConsequences {
  /** The user is blocked: their jobs fail as `user_blocked`. After the commit; a sweep finds what a crash left. */
  readonly onUserBlocked: (id: UserId) => Promise<void>;
  /**
   * The user may less than before (blocked, out of a project, a lower role …): what would run in the user's name without
   * the right to is switched off. In the same transaction, after the loss.
   */
  readonly onRightsLost: (tx: Tx, id: UserId) => Promise<void>;
  /** The full path of a user's namespace has changed: those of its projects follow. In the same transaction. */
  readonly onNamespaceRenamed: (tx: Tx, id: NamespaceId) => Promise<void>;
  /** The user goes: memberships end, the projects of the own namespace are deleted. In the same transaction. */
  readonly onUserDeleted: (tx: Tx, id: UserId) => Promise<void>;
  /** Whether some group would be left without an owner. */
  readonly ownsGroupAlone: (id: UserId) => Promise<boolean>;
  /** `hard_delete`: such groups go with the user. In the same transaction. */
  readonly deleteGroupsOwnedAlone: (tx: Tx, id: UserId) => Promise<void>;
}
