import type { HookSwitch } from '../hook.ts';
import { INTEGRATION_TITLES } from './integration.ts';
import type { IntegrationHook } from './integration-store.ts';

/** GitLab's flags, with those that this server has no events for. */
const SHOWN: readonly HookSwitch[] = [
  'push_events',
  'issues_events',
  'confidential_issues_events',
  'merge_requests_events',
  'tag_push_events',
  'deployment_events',
  'note_events',
  'confidential_note_events',
  'pipeline_events',
  'wiki_page_events',
  'job_events',
  'vulnerability_events',
];

/** GitLab's `ProjectIntegrationBasic`. Pure. */
export const presentIntegrationBasic = (hook: IntegrationHook) => ({
  id: hook.id,
  title: INTEGRATION_TITLES[hook.integration.slug],
  slug: hook.integration.slug,
  created_at: hook.createdAt.toISOString(),
  updated_at: hook.updatedAt.toISOString(),
  active: hook.disabledAt === null,
  commit_events: true,
  alert_events: false,
  incident_events: false,
  comment_on_event_enabled: true,
  inherited: false,
  ...Object.fromEntries(SHOWN.map((name) => [name, hook.switches.includes(name)])),
});

/** GitLab's `ProjectIntegration`. The address of the receiver is a secret and never shown. Pure. */
export const presentIntegration = (hook: IntegrationHook) => {
  const { slug, username, channel, channels, notifyOnlyBrokenPipelines, branchesToBeNotified } = hook.integration;
  const hasChannel = slug === 'slack' || slug === 'mattermost';
  return {
    ...presentIntegrationBasic(hook),
    properties: {
      ...(slug === 'microsoft-teams' ? {} : { username }),
      ...(hasChannel && {
        channel,
        push_channel: channels.push_events ?? null,
        tag_push_channel: channels.tag_push_events ?? null,
        merge_request_channel: channels.merge_requests_events ?? null,
        pipeline_channel: channels.pipeline_events ?? null,
        deployment_channel: channels.deployment_events ?? null,
      }),
      notify_only_broken_pipelines: notifyOnlyBrokenPipelines,
      branches_to_be_notified: branchesToBeNotified,
    },
  };
};
