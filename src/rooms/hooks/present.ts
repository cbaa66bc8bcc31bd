import {
  GROUP_SWITCHES,
  type Hook,
  type HookPlace,
  type HookSwitch,
  PROJECT_ONLY_SWITCHES,
  PROJECT_SWITCHES,
} from './hook.ts';

export interface HookView {
  readonly now: Date;
  /** Lists of project and group hooks leave the names of variables and headers out. */
  readonly hidesPairs?: boolean;
}

/** The switches that a hook shows besides the four that every hook has. */
const SHOWN: Readonly<Record<HookPlace['kind'], readonly HookSwitch[]>> = {
  system: [],
  project: [...PROJECT_SWITCHES, ...PROJECT_ONLY_SWITCHES],
  group: [...PROJECT_SWITCHES, ...GROUP_SWITCHES],
};

const keysOf = (pairs: Readonly<Record<string, string>>) => Object.keys(pairs).map((key) => ({ key }));

/** Whether a hook is sent anything, in GitLab's words. */
const healthOf = ({ disabledAt, pausedUntil, disabledReason }: Hook, now: Date) => {
  const isPaused = disabledAt === null && pausedUntil !== null && pausedUntil > now;
  const status = isPaused ? 'temporarily_disabled' : 'executable';
  return {
    alert_status: disabledAt === null ? status : 'disabled',
    disabled_until: isPaused ? pausedUntil.toISOString() : null,
    disabled_reason: disabledReason,
  };
};

const placeOf = ({ place }: Hook) => {
  switch (place.kind) {
    case 'system':
      return { organization_id: 1 };
    case 'project':
      return { project_id: place.projectId };
    case 'group':
      return { group_id: place.groupId };
  }
};

/** GitLab's hook, without its secrets: of the token and the signing token whether there is one, of variables and headers the names. */
export const presentHook = (hook: Hook, { now, hidesPairs = false }: HookView) => {
  const has = (name: HookSwitch): boolean => hook.switches.includes(name);
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: hook.createdAt.toISOString(),
    push_events: has('push_events'),
    tag_push_events: has('tag_push_events'),
    merge_requests_events: has('merge_requests_events'),
    repository_update_events: has('repository_update_events'),
    enable_ssl_verification: hook.enableSslVerification,
    ...healthOf(hook, now),
    ...(!hidesPairs && { url_variables: keysOf(hook.urlVariables) }),
    push_events_branch_filter: hook.pushEventsBranchFilter,
    branch_filter_strategy: hook.branchFilterStrategy,
    custom_webhook_template: hook.customWebhookTemplate,
    ...(!hidesPairs && { custom_headers: keysOf(hook.customHeaders) }),
    token_present: hook.token !== null,
    signing_token_present: hook.signingToken !== null,
    ...placeOf(hook),
    ...Object.fromEntries(SHOWN[hook.place.kind].map((name) => [name, has(name)])),
  };
};
