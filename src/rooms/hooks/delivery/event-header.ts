import type { HookPlace, HookSwitch } from '../hook.ts';

/** What GitLab calls the event in `X-Gitlab-Event`. */
const NAMES: Readonly<Record<HookSwitch, string>> = {
  push_events: 'Push Hook',
  tag_push_events: 'Tag Push Hook',
  merge_requests_events: 'Merge Request Hook',
  repository_update_events: 'Repository Update Hook',
  issues_events: 'Issue Hook',
  confidential_issues_events: 'Confidential Issue Hook',
  note_events: 'Note Hook',
  confidential_note_events: 'Confidential Note Hook',
  job_events: 'Job Hook',
  pipeline_events: 'Pipeline Hook',
  wiki_page_events: 'Wiki Page Hook',
  deployment_events: 'Deployment Hook',
  feature_flag_events: 'Feature Flag Hook',
  releases_events: 'Release Hook',
  milestone_events: 'Milestone Hook',
  emoji_events: 'Emoji Hook',
  resource_access_token_events: 'Resource Access Token Hook',
  resource_deploy_token_events: 'Resource Deploy Token Hook',
  vulnerability_events: 'Vulnerability Hook',
  member_events: 'Member Hook',
  subgroup_events: 'Subgroup Hook',
  project_events: 'Project Hook',
};

/** `X-Gitlab-Event`. System hooks hear one name, whatever happened. Pure. */
export const eventHeader = (kind: HookPlace['kind'], trigger: HookSwitch | null): string =>
  kind === 'system' || trigger === null ? 'System Hook' : NAMES[trigger];
