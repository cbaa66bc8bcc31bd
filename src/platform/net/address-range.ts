import { BlockList, isIPv4, isIPv6 } from 'node:net';

interface Range {
  /** The sentence for whoever asked; GitLab's where it has one. */
  readonly sentence: string;
  readonly v4?: readonly string[];
  readonly v6?: readonly string[];
  /** This machine, or a network that somebody runs themselves: what may be allowed as a whole. */
  readonly isLocal?: true;
}

const LOCALHOST = 'Requests to localhost are not allowed';
const RESERVED = 'Requests to reserved addresses are not allowed';

const RANGES: readonly Range[] = [
  { sentence: LOCALHOST, v4: ['0.0.0.0/8'], v6: ['::/128'], isLocal: true },
  { sentence: 'Requests to loopback addresses are not allowed', v4: ['127.0.0.0/8'], v6: ['::1/128'], isLocal: true },
  {
    sentence: 'Requests to the local network are not allowed',
    v4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    v6: ['fc00::/7', 'fec0::/10'],
    isLocal: true,
  },
  { sentence: 'Requests to the link local network are not allowed', v4: ['169.254.0.0/16'], v6: ['fe80::/10'] },
  { sentence: 'Requests to the shared address space are not allowed', v4: ['100.64.0.0/10'], isLocal: true },
  { sentence: 'Requests to multicast addresses are not allowed', v4: ['224.0.0.0/4'], v6: ['ff00::/8'] },
  { sentence: 'Requests to the limited broadcast address are not allowed', v4: ['255.255.255.255/32'] },
  {
    // Mapped, compatible, translated, NAT64 (both prefixes), Teredo, 6to4.
    sentence: 'Requests to IPv4 addresses inside of IPv6 addresses are not allowed',
    v6: ['::ffff:0:0/96', '::ffff:0:0:0/96', '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
  },
  {
    // IETF assignments, documentation, 6to4 relays, benchmarks, future use; 168.63.129.16 is Azure's metadata host.
    sentence: RESERVED,
    v4: [
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '168.63.129.16/32',
    ],
    v6: ['2001::/23', '2001:db8::/32', '3fff::/20'],
  },
];

const listOf = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};

// One list a family: a BlockList with `::ffff:0:0/96` takes every IPv4 address for a member.
const withLists = ({ sentence, v4 = [], v6 = [], isLocal }: Range) => ({
  sentence,
  v4: listOf(v4, 'ipv4'),
  v6: listOf(v6, 'ipv6'),
  isLocal: isLocal === true,
});

const LISTS = RANGES.map(withLists);

/** Where clouds hand out credentials to whoever asks, inside of networks that are local. */
const METADATA = withLists({
  sentence: 'Requests to metadata services are not allowed',
  v4: ['100.100.100.200/32'],
  v6: ['fd00:ec2::254/128', 'fd20:ce::254/128', 'fd00:42::42/128'],
});
const GLOBAL_UNICAST = listOf(['2000::/3'], 'ipv6');

export interface RangeOptions {
  /** Private, shared and loopback addresses are no reason; link-local ones and metadata services stay one. */
  readonly allowLocal?: boolean;
}

/**
 * Why no request may go to this address: a sentence without a full stop, which names the kind of address and never the
 * address itself (whoever asked must not learn what a name means inside of our network). Undefined: nothing speaks against
 * it. Of IPv6 only global unicast is public; what is no address, or has a zone (`fe80::1%eth0`), is not.
 */
export const findForbiddenRange = (address: string, { allowLocal = false }: RangeOptions = {}): string | undefined => {
  const family = familyOf(address);
  if (family === undefined) return RESERVED;
  const holds = (lists: (typeof LISTS)[number]): boolean =>
    (family === 'ipv4' ? lists.v4 : lists.v6).check(address, family);
  if (allowLocal && holds(METADATA)) return METADATA.sentence;
  const found = LISTS.find(holds);
  if (found !== undefined) return allowLocal && found.isLocal ? undefined : found.sentence;
  return family === 'ipv4' || GLOBAL_UNICAST.check(address, 'ipv6') ? undefined : RESERVED;
};

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
};

/** The sentence for an address of this machine itself, public or not. */
export const OWN_ADDRESS = LOCALHOST;
