import { describe, expect, test } from 'vitest';
import { BadAllowedTarget, isAllowedAddress, isAllowedName, parseAllowedTargets } from './allowed-targets.ts';

describe('parseAllowedTargets', () => {
  test('an address allows itself and nothing beside it', () => {
    const allow = parseAllowedTargets('10.1.2.3');
    expect(isAllowedAddress(allow, '10.1.2.3', 80)).toBe(true);
    expect(isAllowedAddress(allow, '10.1.2.3', 9000)).toBe(true);
    expect(isAllowedAddress(allow, '10.1.2.4', 80)).toBe(false);
    expect(isAllowedAddress(allow, '127.0.0.1', 80)).toBe(false);
    expect(isAllowedAddress(allow, '::1', 80)).toBe(false);
  });

  test('an address with a port allows that port only', () => {
    const allow = parseAllowedTargets('127.0.0.1:8080, [::1]:8081');
    expect(isAllowedAddress(allow, '127.0.0.1', 8080)).toBe(true);
    expect(isAllowedAddress(allow, '127.0.0.1', 8081)).toBe(false);
    expect(isAllowedAddress(allow, '::1', 8081)).toBe(true);
    expect(isAllowedAddress(allow, '::1', 8080)).toBe(false);
  });

  test('a network allows its addresses, and no IPv6 form of them', () => {
    const allow = parseAllowedTargets('10.0.0.0/8,fd00::/8');
    expect(isAllowedAddress(allow, '10.255.0.1', 1)).toBe(true);
    expect(isAllowedAddress(allow, '11.0.0.1', 1)).toBe(false);
    expect(isAllowedAddress(allow, 'fd12::1', 1)).toBe(true);
    expect(isAllowedAddress(allow, 'fc00::1', 1)).toBe(false);
    expect(isAllowedAddress(allow, 'fd12::1%eth0', 1)).toBe(false);
  });

  test('a name is compared exactly, without regard to case', () => {
    const allow = parseAllowedTargets('CI.internal:443,other');
    expect(isAllowedName(allow, 'ci.Internal', 443)).toBe(true);
    expect(isAllowedName(allow, 'ci.internal', 80)).toBe(false);
    expect(isAllowedName(allow, 'a.ci.internal', 443)).toBe(false);
    expect(isAllowedName(allow, 'ci.internal.evil.com', 443)).toBe(false);
    expect(isAllowedName(allow, 'other', 12)).toBe(true);
    expect(isAllowedAddress(allow, '127.0.0.1', 443)).toBe(false);
  });

  test('neither form of an address allows the other', () => {
    expect(isAllowedAddress(parseAllowedTargets('::ffff:0:0/96'), '8.8.8.8', 80)).toBe(false);
    expect(isAllowedAddress(parseAllowedTargets('127.0.0.1'), '::ffff:127.0.0.1', 80)).toBe(false);
  });

  test('nothing and blanks allow nothing', () => {
    expect(parseAllowedTargets('')).toEqual([]);
    expect(parseAllowedTargets(' , ')).toEqual([]);
  });

  test.each([
    '*',
    '*.internal',
    'http://ci.internal',
    'ci.internal/path',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    'ci.internal/8',
    '127.1',
    '0x7f.1',
    '127.0.0.1:0',
    'ci:70000',
    '[127.0.0.1]:80',
    '[::1',
    'fe80::1%eth0',
    'a b',
    'user@host',
    '-a',
  ])('%s is refused', (entry) => {
    expect(() => parseAllowedTargets(`ci.internal,${entry}`)).toThrow(BadAllowedTarget);
  });
});
