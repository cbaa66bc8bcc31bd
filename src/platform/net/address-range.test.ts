import { describe, expect, test } from 'vitest';
import { findForbiddenRange } from './address-range.ts';

const LOOPBACK = 'Requests to loopback addresses are not allowed';
const LOCALHOST = 'Requests to localhost are not allowed';
const LOCAL = 'Requests to the local network are not allowed';
const LINK_LOCAL = 'Requests to the link local network are not allowed';
const SHARED = 'Requests to the shared address space are not allowed';
const MULTICAST = 'Requests to multicast addresses are not allowed';
const BROADCAST = 'Requests to the limited broadcast address are not allowed';
const EMBEDDED = 'Requests to IPv4 addresses inside of IPv6 addresses are not allowed';
const RESERVED = 'Requests to reserved addresses are not allowed';

describe('findForbiddenRange', () => {
  test.each([
    ['127.0.0.1', LOOPBACK],
    ['127.255.255.255', LOOPBACK],
    ['::1', LOOPBACK],
    ['0:0:0:0:0:0:0:1', LOOPBACK],
    ['0.0.0.0', LOCALHOST],
    ['0.1.2.3', LOCALHOST],
    ['::', LOCALHOST],
    ['10.0.0.1', LOCAL],
    ['172.16.0.1', LOCAL],
    ['172.31.255.255', LOCAL],
    ['192.168.1.1', LOCAL],
    ['fc00::1', LOCAL],
    ['fd00:ec2::254', LOCAL],
    ['fec0::1', LOCAL],
    ['169.254.169.254', LINK_LOCAL],
    ['fe80::1', LINK_LOCAL],
    ['100.64.0.1', SHARED],
    ['100.100.100.200', SHARED],
    ['224.0.0.1', MULTICAST],
    ['239.255.255.250', MULTICAST],
    ['ff02::1', MULTICAST],
    ['255.255.255.255', BROADCAST],
    ['::ffff:127.0.0.1', EMBEDDED],
    ['::ffff:7f00:1', EMBEDDED],
    ['::ffff:8.8.8.8', EMBEDDED],
    ['::ffff:0:10.0.0.1', EMBEDDED],
    ['::10.0.0.1', EMBEDDED],
    ['64:ff9b::7f00:1', EMBEDDED],
    ['64:ff9b:1::a00:1', EMBEDDED],
    ['2001:0:7f00:1::', EMBEDDED],
    ['2002:7f00:1::', EMBEDDED],
    ['2002:a9fe:a9fe::1', EMBEDDED],
    ['192.0.0.192', RESERVED],
    ['192.0.2.1', RESERVED],
    ['192.88.99.1', RESERVED],
    ['198.18.0.1', RESERVED],
    ['198.51.100.1', RESERVED],
    ['203.0.113.1', RESERVED],
    ['240.0.0.1', RESERVED],
    ['168.63.129.16', RESERVED],
    ['2001:10::1', RESERVED],
    ['2001:db8::1', RESERVED],
    ['3fff::1', RESERVED],
    ['100::1', RESERVED],
    ['4000::1', RESERVED],
    ['5f00::1', RESERVED],
    ['fe80::1%lo', RESERVED],
    ['2606:4700::1%eth0', RESERVED],
    ['example.com', RESERVED],
    ['', RESERVED],
  ])('%s: %s', (address, reason) => {
    expect(findForbiddenRange(address)).toBe(reason);
  });

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001::1',
    '2001:4860:4860::8888',
  ])('%s is public', (address) => {
    expect(findForbiddenRange(address)).toBeUndefined();
  });

  describe('where the local network is allowed', () => {
    const METADATA = 'Requests to metadata services are not allowed';

    test.each([
      '127.0.0.1',
      '0.0.0.0',
      '::1',
      '::',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '100.64.0.1',
      'fd00::1',
      'fec0::1',
      '8.8.8.8',
      '2606:4700:4700::1111',
    ])('%s is', (address) => {
      expect(findForbiddenRange(address, { allowLocal: true })).toBeUndefined();
    });

    test.each([
      ['169.254.169.254', LINK_LOCAL],
      ['169.254.0.1', LINK_LOCAL],
      ['fe80::1', LINK_LOCAL],
      ['100.100.100.200', METADATA],
      ['fd00:ec2::254', METADATA],
      ['fd20:ce::254', METADATA],
      ['fd00:42::42', METADATA],
      ['192.0.0.192', RESERVED],
      ['168.63.129.16', RESERVED],
      ['224.0.0.1', MULTICAST],
      ['255.255.255.255', BROADCAST],
      ['::ffff:127.0.0.1', EMBEDDED],
      ['::ffff:169.254.169.254', EMBEDDED],
      ['64:ff9b::a00:1', EMBEDDED],
      ['fe80::1%lo', RESERVED],
      ['example.com', RESERVED],
    ])('%s is not: %s', (address, reason) => {
      expect(findForbiddenRange(address, { allowLocal: true })).toBe(reason);
    });
  });
});
