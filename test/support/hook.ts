import type { HookId, ProjectId } from '../../src/kit/ids.ts';
import type { Hook } from '../../src/rooms/hooks/hook.ts';

/** A hook as it stands before anything happened; a project's unless told. */
export const hookWith = (changes: Partial<Hook> = {}): Hook => ({
  id: 1 as HookId,
  place: { kind: 'project', projectId: 7 as ProjectId },
  creatorId: null,
  url: 'https://receiver.example/hook',
  name: null,
  description: null,
  token: null,
  signingToken: null,
  oldSigningToken: null,
  switches: [],
  enableSslVerification: true,
  pushEventsBranchFilter: null,
  branchFilterStrategy: 'wildcard',
  urlVariables: {},
  customHeaders: {},
  customWebhookTemplate: null,
  integration: null,
  consecutiveFailures: 0,
  failingSince: null,
  pausedUntil: null,
  disabledAt: null,
  disabledReason: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...changes,
});
