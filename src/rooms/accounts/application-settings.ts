import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { findSettings, upsertSettings } from './setting-store.ts';

/** What an administrator sets for the whole instance, under GitLab's names. */
export interface ApplicationSettings {
  readonly throttle_unauthenticated_api_enabled: boolean;
  readonly throttle_unauthenticated_api_requests_per_period: number;
  readonly throttle_unauthenticated_api_period_in_seconds: number;
  readonly throttle_authenticated_api_enabled: boolean;
  readonly throttle_authenticated_api_requests_per_period: number;
  readonly throttle_authenticated_api_period_in_seconds: number;
  /** The body of a throttled request; null: `Retry later`. */
  readonly rate_limiting_response_text: string | null;
  /** Calls of `GET /projects/:id/jobs` a minute and user; 0: no limit. So are the next three. */
  readonly project_jobs_api_rate_limit: number;
  readonly runner_jobs_request_api_limit: number;
  readonly runner_jobs_patch_trace_api_limit: number;
  readonly runner_jobs_endpoints_api_limit: number;
  /** No project may switch its job token scope off. */
  readonly enforce_ci_inbound_job_token_scope_enabled: boolean;
  /** Hooks of projects and groups may reach this machine and the local network. */
  readonly allow_local_requests_from_web_hooks_and_services: boolean;
  /** The same of system hooks. */
  readonly allow_local_requests_from_system_hooks: boolean;
  /** Hooks reach nothing but what is on the list. */
  readonly deny_all_requests_except_allowed: boolean;
  /** Names, addresses and networks, each perhaps with a port, that hooks may always reach. */
  readonly outbound_local_requests_allowlist: readonly string[];
}

/** GitLab's defaults. */
export const DEFAULT_SETTINGS: ApplicationSettings = {
  throttle_unauthenticated_api_enabled: false,
  throttle_unauthenticated_api_requests_per_period: 3600,
  throttle_unauthenticated_api_period_in_seconds: 3600,
  throttle_authenticated_api_enabled: false,
  throttle_authenticated_api_requests_per_period: 7200,
  throttle_authenticated_api_period_in_seconds: 3600,
  rate_limiting_response_text: null,
  project_jobs_api_rate_limit: 600,
  runner_jobs_request_api_limit: 2000,
  runner_jobs_patch_trace_api_limit: 200,
  runner_jobs_endpoints_api_limit: 200,
  enforce_ci_inbound_job_token_scope_enabled: true,
  allow_local_requests_from_web_hooks_and_services: false,
  allow_local_requests_from_system_hooks: true,
  deny_all_requests_except_allowed: false,
  outbound_local_requests_allowlist: [],
};

const NAMES = Object.keys(DEFAULT_SETTINGS);

/** Milliseconds that another server may go on with old settings. */
const KEPT = 5000;

/** The settings as they are kept in the database, read anew every few seconds. */
export class InstanceSettings {
  readonly #deps: { readonly db: Db; readonly clock: Clock };
  #kept: { readonly until: number; readonly settings: Promise<ApplicationSettings> } | undefined;

  constructor(deps: { readonly db: Db; readonly clock: Clock }) {
    this.#deps = deps;
  }

  current(): Promise<ApplicationSettings> {
    const now = this.#deps.clock.now().getTime();
    const kept = this.#kept;
    if (kept !== undefined && now < kept.until && now >= kept.until - KEPT) return kept.settings;
    const settings = this.#read();
    this.#kept = { until: now + KEPT, settings };
    settings.catch(() => {
      this.#kept = undefined;
    });
    return settings;
  }

  /** Changes the named ones; they hold at once on this server. */
  async change(changes: Partial<ApplicationSettings>): Promise<ApplicationSettings> {
    await upsertSettings(this.#deps.db, changes, this.#deps.clock.now());
    this.#kept = undefined;
    return this.current();
  }

  async #read(): Promise<ApplicationSettings> {
    return { ...DEFAULT_SETTINGS, ...(await findSettings(this.#deps.db, NAMES)) };
  }
}
