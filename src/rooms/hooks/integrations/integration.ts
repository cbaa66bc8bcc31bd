export const INTEGRATION_SLUGS = ['slack', 'mattermost', 'microsoft-teams', 'discord'] as const;
export type IntegrationSlug = (typeof INTEGRATION_SLUGS)[number];

export const BRANCHES_TO_BE_NOTIFIED = ['all', 'default', 'protected', 'default_and_protected'] as const;
export type BranchesToBeNotified = (typeof BRANCHES_TO_BE_NOTIFIED)[number];

/** Switches of hooks that messages are written for. Others of GitLab's list can be switched on and come to nothing. */
export type ChatEvent =
  | 'push_events'
  | 'tag_push_events'
  | 'merge_requests_events'
  | 'pipeline_events'
  | 'deployment_events';

/** A hook that writes messages for people. The address of its receiver is the hook's, and as secret. */
export interface Integration {
  readonly slug: IntegrationSlug;
  /** Who the message is from, as Slack, Mattermost and Discord show it; null: as it was set there. */
  readonly username: string | null;
  /** Where to (Slack and Mattermost); null: as it was set there. */
  readonly channel: string | null;
  /** The same for one kind of event; null: where the others go. */
  readonly channels: Readonly<Partial<Record<ChatEvent, string | null>>>;
  readonly notifyOnlyBrokenPipelines: boolean;
  /** For pushes and pipelines of branches; tags always pass. */
  readonly branchesToBeNotified: BranchesToBeNotified;
}

export const INTEGRATION_TITLES: Readonly<Record<IntegrationSlug, string>> = {
  slack: 'Slack notifications',
  mattermost: 'Mattermost notifications',
  'microsoft-teams': 'Microsoft Teams notifications',
  discord: 'Discord Notifications',
};
