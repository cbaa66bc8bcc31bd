import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard } from './wildcard.ts';

describe('wildcards', () => {
  it.each([
    ['main', 'main', true],
    ['main', 'Main', false],
    ['*', '', true],
    ['*', 'any/thing', true],
    ['release/*', 'release/1.0', true],
    ['release/*', 'release/', true],
    ['release/*', 'release', false],
    ['*-stable', 'v1-stable', true],
    ['*-stable', 'v1-stable-2', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['*a*a*', 'a', false],
    ['v1.*', 'v1x0', false],
    ['[a-z]*', 'b', false],
    ['**', 'x', true],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('agrees with a regular expression on every small text', () => {
    const letters = fc.constantFrom('a', 'b', '*', '/');
    fc.assert(
      fc.property(
        fc.string({ unit: letters, maxLength: 6 }),
        fc.string({ unit: letters, maxLength: 8 }),
        (pattern, text) => {
          const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
          expect(matchesWildcard(pattern, text)).toBe(regex.test(text));
        },
      ),
    );
  });

  it('does not explode', () => {
    expect(matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
