import {
  type AllowedTarget,
  BadAllowedTarget,
  parseAllowedTargets,
  type ResolveHost,
  type TargetRules,
} from '../../platform/net/index.ts';
import type { ApplicationSettings, InstanceSettings } from '../accounts/index.ts';
import type { ServerFacts } from '../variables/index.ts';
import type { HookPlace } from './hook.ts';

export interface OutboundPolicyDeps {
  readonly settings: Pick<InstanceSettings, 'current'>;
  readonly server: ServerFacts;
  /** Of the start option. */
  readonly outboundAllow: readonly AllowedTarget[];
  /** Default: as every program of this machine does. */
  readonly resolveHost?: ResolveHost | undefined;
}

/** Where requests of hooks of this kind may go, as the settings stand now. */
export type OutboundPolicyFor = (kind: HookPlace['kind']) => Promise<TargetRules>;

/**
 * Joins the settings of the instance with its start option. System hooks are an administrator's and reach the local network
 * unless that is switched off; hooks of projects and groups do not unless it is switched on. Link-local addresses and
 * metadata services are for nobody whose address or name is not on a list. The server's own address is always allowed.
 */
export const outboundPolicyFor = (deps: OutboundPolicyDeps): OutboundPolicyFor => {
  const own = ownTarget(deps.server.externalUrl);
  return async (kind) => {
    const current = await deps.settings.current();
    return {
      allow: [...own, ...deps.outboundAllow, ...listed(current)],
      allowLocal:
        kind === 'system'
          ? current.allow_local_requests_from_system_hooks
          : current.allow_local_requests_from_web_hooks_and_services,
      onlyAllowed: current.deny_all_requests_except_allowed,
      ...(deps.resolveHost && { resolve: deps.resolveHost }),
    };
  };
};

const ownTarget = (externalUrl: string): readonly AllowedTarget[] => {
  const url = URL.parse(externalUrl);
  if (url === null) return [];
  return readable(`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`);
};

const listed = (settings: ApplicationSettings): readonly AllowedTarget[] =>
  settings.outbound_local_requests_allowlist.flatMap(readable);

const readable = (entry: string): readonly AllowedTarget[] => {
  try {
    return parseAllowedTargets(entry);
  } catch (error) {
    if (error instanceof BadAllowedTarget) return [];
    throw error;
  }
};
