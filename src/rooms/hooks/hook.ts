import type { HookId, NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { Integration } from './integrations/integration.ts';

/** What system hooks hear of by switch; of every change of users, groups and projects they hear besides. */
export const SYSTEM_SWITCHES = [
  'push_events',
  'tag_push_events',
  'merge_requests_events',
  'repository_update_events',
] as const;

/** What only hooks of projects and groups hear of, besides pushes, tags and merge requests. */
export const PROJECT_SWITCHES = [
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'job_events',
  'pipeline_events',
  'wiki_page_events',
  'deployment_events',
  'feature_flag_events',
  'releases_events',
  'milestone_events',
  'emoji_events',
  'resource_access_token_events',
  'vulnerability_events',
] as const;

/** What only hooks of projects hear of. */
export const PROJECT_ONLY_SWITCHES = ['resource_deploy_token_events'] as const;

/** What only hooks of groups hear of. */
export const GROUP_SWITCHES = ['member_events', 'subgroup_events', 'project_events'] as const;

/** GitLab's switches. */
export const HOOK_SWITCHES = [
  ...SYSTEM_SWITCHES,
  ...PROJECT_SWITCHES,
  ...PROJECT_ONLY_SWITCHES,
  ...GROUP_SWITCHES,
] as const;

export type HookSwitch = (typeof HOOK_SWITCHES)[number];

export type HookPlace =
  | { readonly kind: 'system' }
  | { readonly kind: 'project'; readonly projectId: ProjectId }
  | { readonly kind: 'group'; readonly groupId: NamespaceId };

export type BranchFilterStrategy = 'wildcard' | 'regex' | 'all_branches';

/** What somebody may set. */
export interface HookSettings {
  /** With `{variables}`; http or https. */
  readonly url: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Sent as `X-Gitlab-Token`; never shown. */
  readonly token: string | null;
  /** `whsec_` and 32 bytes in base64; never shown. */
  readonly signingToken: string | null;
  readonly switches: readonly HookSwitch[];
  readonly enableSslVerification: boolean;
  readonly pushEventsBranchFilter: string | null;
  readonly branchFilterStrategy: BranchFilterStrategy;
  /** Values are never shown. */
  readonly urlVariables: Readonly<Record<string, string>>;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly customWebhookTemplate: string | null;
}

export interface HookHealth {
  /** Since the last success. */
  readonly consecutiveFailures: number;
  readonly failingSince: Date | null;
  /** Nothing is sent before. */
  readonly pausedUntil: Date | null;
  /** Nothing is sent until somebody enables it. */
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
}

export interface Hook extends HookSettings, HookHealth {
  readonly id: HookId;
  readonly place: HookPlace;
  readonly creatorId: UserId | null;
  /** Its bodies are messages for people; null: payloads. */
  readonly integration: Integration | null;
  /** Signs beside `signingToken` until `until`. */
  readonly oldSigningToken: { readonly token: string; readonly until: Date } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
