import type { HookId, NamespaceId, ProjectId } from '../../kit/ids.ts';

/** A hook failed for so long, or was told so clearly, that nothing is sent to it until somebody enables it. */
export interface HookDisabled {
  readonly type: 'hook_disabled';
  readonly hookId: HookId;
  /** Whose hook it is. */
  readonly projectId?: ProjectId;
  readonly groupId?: NamespaceId;
  readonly reason: string;
}
