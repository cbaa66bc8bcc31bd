import { arrayOfHashes, boolean, enumeration, type Params, string } from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import {
  type GROUP_SWITCHES,
  HOOK_SWITCHES,
  type HookPlace,
  type HookSwitch,
  type PROJECT_ONLY_SWITCHES,
  type PROJECT_SWITCHES,
} from '../hook.ts';
import type { HookWish } from '../hook-wish.ts';

const pair = { key: string({ required: true }), value: string({ required: true }) };
const on = (what: string) => boolean({ description: `Tell the hook of ${what}` });

const common = {
  name: string({ nullable: true, description: 'Name of the hook' }),
  description: string({ nullable: true, description: 'Description of the hook' }),
  token: string({ nullable: true, description: 'Sent as X-Gitlab-Token; never shown' }),
  signing_token: string({
    nullable: true,
    description: 'whsec_ and 32 bytes in Base64, with which each request is signed; never shown',
  }),
  push_events: on('pushes'),
  tag_push_events: on('new and deleted tags'),
  merge_requests_events: on('merge requests'),
  enable_ssl_verification: boolean({ description: "Check the receiver's certificate" }),
  push_events_branch_filter: string({ nullable: true, description: 'Pushes to these branches only' }),
  branch_filter_strategy: enumeration(['wildcard', 'regex', 'all_branches'], {
    description: 'How push_events_branch_filter is read',
  }),
  custom_webhook_template: string({ nullable: true, description: 'The body, with {{fields}} of the payload' }),
  url_variables: arrayOfHashes(pair, { description: 'Values of the {variables} in the address; never shown' }),
  custom_headers: arrayOfHashes(pair, { description: 'Further headers; values are never shown' }),
};

const ofProjects = {
  issues_events: on('issues (there are none)'),
  confidential_issues_events: on('confidential issues (there are none)'),
  note_events: on('comments'),
  confidential_note_events: on('internal comments'),
  job_events: on('jobs'),
  pipeline_events: on('pipelines'),
  wiki_page_events: on('wiki pages (there are none)'),
  deployment_events: on('deployments'),
  feature_flag_events: on('feature flags (there are none)'),
  releases_events: on('releases'),
  milestone_events: on('milestones (there are none)'),
  emoji_events: on('reactions (there are none)'),
  resource_access_token_events: on('access tokens that expire soon (nothing is told yet)'),
  vulnerability_events: on('vulnerabilities (there are none)'),
} satisfies Readonly<Record<(typeof PROJECT_SWITCHES)[number], unknown>>;

const ofProjectsOnly = {
  resource_deploy_token_events: on('deploy tokens that expire soon (nothing is told yet)'),
} satisfies Readonly<Record<(typeof PROJECT_ONLY_SWITCHES)[number], unknown>>;

const ofGroups = {
  subgroup_events: on('new and deleted subgroups'),
  member_events: on('members'),
  project_events: on('new and deleted projects'),
} satisfies Readonly<Record<(typeof GROUP_SWITCHES)[number], unknown>>;

/** The attributes of a hook, by its kind. */
export const HOOK_PARAMS = {
  system: { ...common, repository_update_events: on("a repository's updates") },
  project: { ...common, ...ofProjects, ...ofProjectsOnly },
  group: { ...common, ...ofProjects, ...ofGroups },
} as const satisfies Readonly<Record<HookPlace['kind'], object>>;

type Given = Partial<Params<(typeof HOOK_PARAMS)[keyof typeof HOOK_PARAMS]>>;

const recordOf = (pairs: readonly { readonly key: string; readonly value: string }[] | undefined) =>
  pairs === undefined || pairs.length === 0
    ? undefined
    : Object.fromEntries(pairs.map(({ key, value }) => [key, value] as const));

/** What the parameters of a request ask for. */
export const wishOf = (params: Given & { readonly url?: string | undefined }): HookWish => ({
  ...withoutAbsent({
    url: params.url,
    name: params.name,
    description: params.description,
    token: params.token,
    signingToken: params.signing_token,
    enableSslVerification: params.enable_ssl_verification,
    pushEventsBranchFilter: params.push_events_branch_filter,
    branchFilterStrategy: params.branch_filter_strategy,
    urlVariables: recordOf(params.url_variables),
    customHeaders: recordOf(params.custom_headers),
    customWebhookTemplate: params.custom_webhook_template,
  }),
  switches: switchesOf(params),
});

/** The switches that a request names. */
export const switchesOf = (params: object): HookWish['switches'] => {
  const switches: Partial<Record<HookSwitch, boolean>> = {};
  for (const [name, value] of Object.entries(params)) {
    const found = HOOK_SWITCHES.find((one) => one === name);
    if (found !== undefined && typeof value === 'boolean') switches[found] = value;
  }
  return switches;
};

/** Whether a request asks for nothing at all. */
export const isEmptyWish = ({ switches, ...wish }: HookWish): boolean =>
  Object.keys(wish).length === 0 && Object.keys(switches).length === 0;
