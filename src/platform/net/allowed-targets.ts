import { BlockList, isIP, isIPv4 } from 'node:net';

/** An administrator's exception from the refusal of private addresses. */
export type AllowedTarget =
  | {
      readonly kind: 'host';
      /** A name in lower case, compared exactly: it may mean any address. */
      readonly name: string;
      /** Undefined: every port. */
      readonly port: number | undefined;
    }
  | {
      readonly kind: 'network';
      readonly network: BlockList;
      readonly family: 'ipv4' | 'ipv6';
      readonly port: number | undefined;
    };

/** An entry of the list that means nothing. */
export class BadAllowedTarget extends Error {
  readonly entry: string;

  constructor(entry: string) {
    super(`"${entry}" is no host, host:port, address, address:port or network (10.0.0.0/8)`);
    this.name = 'BadAllowedTarget';
    this.entry = entry;
  }
}

const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
const HOST_AND_PORT = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:]+))(?::(?<port>\d{1,5}))?$/;

/**
 * Reads a comma-separated list: `ci.internal`, `ci.internal:8443`, `10.1.2.3`, `10.1.2.3:80`, `[fd00::1]:80`, `fd00::1`,
 * `10.0.0.0/8`. Without a port every port is meant. There are no wildcards. Throws `BadAllowedTarget`.
 */
export const parseAllowedTargets = (text: string): readonly AllowedTarget[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseEntry);

const parseEntry = (entry: string): AllowedTarget => {
  const wrong = (): never => {
    throw new BadAllowedTarget(entry);
  };
  const [address = '', bits, ...more] = entry.split('/');
  if (bits !== undefined) {
    const isWrong = more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > widthOf(address);
    return isWrong ? wrong() : networkOf(address, Number(bits), undefined);
  }
  if (isPlainAddress(entry)) return networkOf(entry, widthOf(entry), undefined);
  const { six, host, port: digits } = HOST_AND_PORT.exec(entry)?.groups ?? {};
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535) return wrong();
  if (six !== undefined) return isPlainAddress(six) && !isIPv4(six) ? networkOf(six, 128, port) : wrong();
  if (host === undefined) return wrong();
  if (isIPv4(host)) return networkOf(host, 32, port);
  const name = host.toLowerCase();
  // A name that ends in a number would be read as an address by URLs.
  return NAME.test(name) && !/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name) ? { kind: 'host', name, port } : wrong();
};

const isPlainAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%');

/** -1: no address. */
const widthOf = (address: string): number => {
  if (!isPlainAddress(address)) return -1;
  return isIPv4(address) ? 32 : 128;
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

const networkOf = (address: string, bits: number, port: number | undefined): AllowedTarget => {
  const network = new BlockList();
  const family = familyOf(address);
  network.addSubnet(address, bits, family);
  return { kind: 'network', network, family, port };
};

/** Whether the list allows this name on this port, whatever it resolves to. */
export const isAllowedName = (allow: readonly AllowedTarget[], name: string, port: number): boolean =>
  allow.some(
    (target) =>
      target.kind === 'host' &&
      target.name === name.toLowerCase() &&
      (target.port === undefined || target.port === port),
  );

/**
 * Whether the list allows this very address on this port. An IPv4 network holds no IPv6 address and vice versa, though a
 * BlockList takes an IPv4 address and its mapped form for the same.
 */
export const isAllowedAddress = (allow: readonly AllowedTarget[], address: string, port: number): boolean =>
  isPlainAddress(address) &&
  allow.some(
    (target) =>
      target.kind === 'network' &&
      (target.port === undefined || target.port === port) &&
      target.family === familyOf(address) &&
      target.network.check(address, target.family),
  );
