import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { findForbiddenRange, OWN_ADDRESS } from './address-range.ts';
import { type AllowedTarget, isAllowedAddress, isAllowedName } from './allowed-targets.ts';
import { Refusal } from './outcome.ts';

/** The addresses of a name. May throw, which is a refusal. */
export type ResolveHost = (name: string) => Promise<readonly string[]>;

export interface TargetRules {
  readonly allow: readonly AllowedTarget[];
  /** Also this machine and the networks around it; never link-local addresses and metadata services. Default: false. */
  readonly allowLocal?: boolean;
  /** Nothing but what `allow` names, public or not. Default: false. */
  readonly onlyAllowed?: boolean;
  /** Default: as every program of this machine does (`/etc/hosts` and all). */
  readonly resolve?: ResolveHost;
  /** Addresses of this machine. Default: those of its network interfaces. */
  readonly ownAddresses?: () => readonly string[];
}

/**
 * The addresses that a connection for this URL may go to: resolved once, every one of them checked. One forbidden address
 * among several refuses them all. An error of DNS is a refusal too. Throws `Refusal`.
 */
export const checkTarget = async (url: URL, rules: TargetRules): Promise<readonly string[]> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = portOf(url);
  const addresses = isIP(host) === 0 ? await resolveName(host, rules.resolve ?? resolveAsMachine) : [host];
  if (isAllowedName(rules.allow, host, port)) return addresses;
  for (const address of addresses) {
    if (isAllowedAddress(rules.allow, address, port)) continue;
    const reason = rules.onlyAllowed === true ? NOT_LISTED : whyNot(address, rules);
    if (reason !== undefined) throw new Refusal(reason);
  }
  return addresses;
};

const NOT_LISTED = 'Requests to hosts and IP addresses not on the Allow List are denied';

const whyNot = (address: string, { allowLocal = false, ownAddresses = addressesOfMachine }: TargetRules) => {
  const reason = findForbiddenRange(address, { allowLocal });
  if (reason !== undefined || allowLocal) return reason;
  return ownAddresses().includes(address) ? OWN_ADDRESS : undefined;
};

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

/** Inside of this folder only: a name that means nothing now. */
export class Unresolvable extends Refusal {}

const resolveName = async (name: string, resolve: ResolveHost): Promise<readonly string[]> => {
  const addresses = await resolve(name).catch((): readonly string[] => []);
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) {
    throw new Unresolvable('Host cannot be resolved or invalid');
  }
  return addresses;
};

const resolveAsMachine: ResolveHost = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};

const addressesOfMachine = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
