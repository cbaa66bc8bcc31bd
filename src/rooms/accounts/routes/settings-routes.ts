import { boolean, integer, ok, type Route, route, string } from '../../../http/index.ts';
import type { InstanceSettings } from '../application-settings.ts';
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
};

/** `/application/settings`: those settings of the instance that there are. Administrators only. */
export const settingsRoutes = (deps: SettingsRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/application/settings',
    summary: 'Settings of the instance',
    params: {},
    guard: deps.guards.admin(),
    handler: async () => ok(await deps.settings.current()),
  }),
  route({
    method: 'PUT',
    path: '/application/settings',
    summary: 'Change settings of the instance',
    params,
    guard: deps.guards.admin(),
    handler: async ({ params: changes }) => {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      return ok(await deps.settings.change(Object.fromEntries(given)));
    },
  }),
];
