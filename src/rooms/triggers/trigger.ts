import type { ProjectId, TriggerId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';

/** A pipeline trigger token. `token` is the opened secret: it goes to its owner and to nobody else. */
export interface Trigger {
  readonly id: TriggerId;
  readonly projectId: ProjectId;
  readonly owner: User;
  readonly description: string | null;
  readonly token: string;
  /** Null = never. */
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When the newest pipeline was made with it. */
  readonly lastUsedAt: Date | null;
}
