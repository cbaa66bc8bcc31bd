import { describe, expect, it } from 'vitest';
import { matchesGlob, parseGlob } from './glob.ts';

const matches = (pattern: string, path: string): boolean => matchesGlob(parseGlob(pattern) ?? [], path);

describe('patterns as doublestar reads them', () => {
  it.each([
    ['*.log', 'a.log', true],
    ['*.log', '.log', true],
    ['*.log', 'd/a.log', false],
    ['**/*.log', 'a.log', true],
    ['**/*.log', 'd/e/a.log', true],
    ['dist/**', 'dist', true],
    ['dist/**', 'dist/a/b', true],
    ['dist/', 'dist', true],
    ['a/**/b/**/c', 'a/x/y/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a**b', 'axxb', true],
    ['a**b', 'ax/b', false],
    ['?.txt', 'é.txt', true],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[!a-c]x', 'zx', true],
    ['[ab', '[ab', true],
    ['{a,b/c}.txt', 'b/c.txt', true],
    ['{a,{b,c}}{,.txt}', 'c.txt', true],
    ['{a,b}', 'c', false],
    [String.raw`\*.txt`, '*.txt', true],
    [String.raw`\*.txt`, 'a.txt', false],
    ['./a', 'a', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('refuses an unclosed brace and an explosion of alternatives', () => {
    expect(parseGlob('{a,b')).toBeUndefined();
    expect(parseGlob('{a,b}'.repeat(20))).toBeUndefined();
  });

  it('stays fast on patterns that blow up others', () => {
    const began = performance.now();
    matches(`${'**/'.repeat(50)}x`, 'a/'.repeat(200));
    matches(`${'*a'.repeat(60)}b`, 'a'.repeat(5000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
