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
  const own = rules.ownAddresses ?? addressesOfMachine;
  for (const address of addresses) {
    if (isAllowedAddress(rules.allow, address, port)) continue;
    const reason = findForbiddenRange(address) ?? (own().includes(address) ? OWN_ADDRESS : undefined);
    if (reason !== undefined) throw new Refusal(reason);
  }
  return addresses;
};

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

const resolveName = async (name: string, resolve: ResolveHost): Promise<readonly string[]> => {
  const addresses = await resolve(name).catch((): readonly string[] => []);
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) {
    throw new Refusal('Host cannot be resolved or invalid');
  }
  return addresses;
};

const resolveAsMachine: ResolveHost = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
};

const addressesOfMachine = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
