import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcards } from './wildcards.ts';

describe('wildcards', () => {
  it.each([
    ['a.lock', 'a.lock', true],
    ['*.lock', 'a.lock', true],
    ['*.lock', 'b/a.lock', false],
    ['**.lock', 'b/a.lock', true],
    ['**/a.lock', 'a.lock', false],
    ['**/a.lock', 'x/y/a.lock', true],
    ['a/*/c', 'a/b/c', true],
    ['a/*/c', 'a/b/b/c', false],
    ['a?[b]', 'a?[b]', true],
    ['a?[b]', 'axb', false],
    ['*', '', true],
    ['ab*ba', 'aba', false],
  ])('%j and %j: %j', (pattern, path, matches) => {
    expect(compileWildcards(pattern)(path)).toBe(matches);
  });

  it('match as the regular expression that GitLab makes of them', () => {
    const regexOf = (pattern: string): RegExp =>
      new RegExp(`^${pattern.replaceAll('**', '\u0000').replaceAll('*', '[^/]*').replaceAll('\u0000', '.*')}$`);
    const piece = fc.constantFrom('a', 'b', '/', '*', '**', 'a/', '/b');
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const path = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(pattern, path, (text, name) => compileWildcards(text)(name) === regexOf(text).test(name)),
      { numRuns: 5000 },
    );
  });
});
