import { boolean, commaList, integer, mutuallyExclusive, ok, type Route, route, string } from '../../../http/index.ts';
import { invalid } from '../../../kit/errors.ts';
import { BadAllowedTarget, parseAllowedTargets } from '../../../platform/net/index.ts';
import type { ApplicationSettings, InstanceSettings } from '../application-settings.ts';
import type { AccountGuards } from '../guards.ts';

export interface SettingsRouteDeps {
  readonly guards: AccountGuards;
  readonly settings: InstanceSettings;
}

const amount = (description: string) => integer({ range: { min: 1, max: 1_000_000_000 }, description });
const perMinute = (what: string) =>
  integer({ range: { min: 0, max: 1_000_000_000 }, description: `${what} a minute; 0 = no limit` });

const params = {
  throttle_unauthenticated_api_enabled: boolean({
    description: 'Limit API requests of addresses that show no credential',
  }),
  throttle_unauthenticated_api_requests_per_period: amount('Requests a period and address'),
  throttle_unauthenticated_api_period_in_seconds: amount('Length of the period'),
  throttle_authenticated_api_enabled: boolean({ description: 'Limit API requests of users' }),
  throttle_authenticated_api_requests_per_period: amount('Requests a period and user'),
  throttle_authenticated_api_period_in_seconds: amount('Length of the period'),
  rate_limiting_response_text: string({ nullable: true, description: 'Body of a throttled request' }),
  project_jobs_api_rate_limit: perMinute('Calls of GET /projects/:id/jobs a user'),
  runner_jobs_request_api_limit: perMinute('Calls of POST /jobs/request a runner'),
  runner_jobs_patch_trace_api_limit: perMinute('Calls of PATCH /jobs/:id/trace a job'),
  runner_jobs_endpoints_api_limit: perMinute("A runner's other calls a job"),
  enforce_ci_inbound_job_token_scope_enabled: boolean({ description: 'No project may switch its job token scope off' }),
  allow_local_requests_from_web_hooks_and_services: boolean({
    description: 'Hooks of projects and groups may reach the local network',
  }),
  allow_local_requests_from_system_hooks: boolean({ description: 'System hooks may reach the local network' }),
  deny_all_requests_except_allowed: boolean({ description: 'Hooks reach nothing but what is on the list' }),
  outbound_local_requests_allowlist: commaList({
    description: 'Names, addresses and networks that hooks may always reach, each perhaps with a port',
  }),
  outbound_local_requests_whitelist: commaList({ description: 'Older name of outbound_local_requests_allowlist' }),
};

const MAX_ENTRIES = 1000;

/** Throws 400 for an entry that means nothing. */
const readAllowlist = (entries: readonly string[]): readonly string[] => {
  const refuse = (sentence: string) => invalid({ outbound_local_requests_allowlist: [sentence] });
  if (entries.length > MAX_ENTRIES) throw refuse(`is too long (maximum is ${MAX_ENTRIES} entries)`);
  try {
    parseAllowedTargets(entries.join(','));
  } catch (error) {
    throw error instanceof BadAllowedTarget ? refuse(`is invalid: ${error.message}`) : error;
  }
  return entries;
};

const present = (settings: ApplicationSettings) => ({
  ...settings,
  outbound_local_requests_whitelist: settings.outbound_local_requests_allowlist,
});

/** `/application/settings`: those settings of the instance that there are. Administrators only. */
export const settingsRoutes = (deps: SettingsRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/application/settings',
    summary: 'Settings of the instance',
    params: {},
    guard: deps.guards.admin(),
    handler: async () => ok(present(await deps.settings.current())),
  }),
  route({
    method: 'PUT',
    path: '/application/settings',
    summary: 'Change settings of the instance',
    params,
    rules: [mutuallyExclusive('outbound_local_requests_allowlist', 'outbound_local_requests_whitelist')],
    guard: deps.guards.admin(),
    handler: async ({ params: { outbound_local_requests_whitelist: olderName, ...changes } }) => {
      const allowlist = changes.outbound_local_requests_allowlist ?? olderName;
      const given = Object.entries({
        ...changes,
        outbound_local_requests_allowlist: allowlist && readAllowlist(allowlist),
      }).filter(([, value]) => value !== undefined);
      return ok(present(await deps.settings.change(Object.fromEntries(given))));
    },
  }),
];
