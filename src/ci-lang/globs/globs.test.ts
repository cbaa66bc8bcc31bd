import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAboutRootOnly, matchAnyPath, matchExistingPath } from './index.ts';

const matchesAnyPath = (patterns: readonly string[], paths: readonly string[]): boolean =>
  matchAnyPath(patterns, paths).because !== 'no_path_matches';
const existsAnyPath = (patterns: readonly string[], paths: readonly string[]): boolean =>
  matchExistingPath(patterns, paths).because !== 'no_path_matches';

describe('matchAnyPath', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['*.md', ['a.md', '.md'], ['d/a.md', 'a.mdx', 'A.MD']],
    ['**/*.md', ['a.md', 'd/e/a.md', '.x/a.md'], ['a.txt']],
    ['dir/*', ['dir/a', 'dir/.a'], ['dir/a/b', 'dir', 'dirx/a']],
    ['dir/**', ['dir/a'], ['dir/a/b']],
    ['dir/**/*', ['dir/a', 'dir/a/b', 'dir/.a/.b'], ['dir', 'x/dir/a']],
    ['**', ['a'], ['a/b']],
    ['**/b/**', ['a/b/c', 'b/c'], ['a/b/c/d', 'b']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'ab']],
    ['**/a/**/b', ['a/b', 'x/a/y/a/z/b'], ['a/b/c']],
    ['foo**/bar', ['foo/bar', 'foox/bar'], ['foo/x/bar']],
    ['*', ['.env', 'a'], ['.git/config']],
    ['**/*', ['.git/config', 'a'], []],
    ['*.{rb,py}', ['a.rb', 'a.py'], ['a.js', 'a.{rb,py}']],
    ['{a,{b,c}}', ['a', 'b', 'c'], ['d', 'bc']],
    ['{,x/}a', ['a', 'x/a'], ['y/a']],
    ['{*,**/}a', ['a', 'xa', 'x/a'], ['a/x']],
    ['[ab].c', ['a.c', 'b.c'], ['c.c', 'ab.c']],
    ['[!a].c', ['b.c'], ['a.c']],
    ['[^a].c', ['b.c'], ['a.c']],
    ['[a-c]x', ['bx'], ['dx', '-x']],
    ['[a-]x', ['ax', '-x'], ['bx']],
    ['[\\]]', [']'], ['\\']],
    ['[[:alpha:]]', ['a]', ':]'], ['b']],
    ['a?c', ['abc', 'aéc', 'a😀c'], ['a/c', 'ac']],
    ['a\\*b', ['a*b'], ['axb']],
    ['\\{a\\}', ['{a}'], ['a']],
    ['dir', ['dir'], ['dir/a']],
    ['dir/', [], ['dir/a', 'dir']],
    ['./a', [], ['a']],
    ['/a', [], ['a']],
    ['a//b', [], ['a/b']],
    ['+(a|b)', ['+(a|b)'], ['a', 'aab']],
    ['@(a|b)', ['@(a|b)'], ['a']],
    ['!(a)', ['!(a)'], ['b']],
    ['{a', [], ['a', '{a']],
    ['[a', [], ['a', '[a']],
    ['a}', ['a}'], ['a']],
    ['', [''], ['a']],
    ['$A/*.rb', ['$A/x.rb'], ['x.rb']],
  ])('%s', (pattern, matching, others) => {
    expect(matching.filter((path) => !matchesAnyPath([pattern], [path]))).toEqual([]);
    expect(others.filter((path) => matchesAnyPath([pattern], [path]))).toEqual([]);
  });

  it('looks at every pattern and path', () => {
    expect(matchesAnyPath(['x', '*.rb'], ['a.md', 'b.rb'])).toBe(true);
    expect(matchesAnyPath(['x', 'y'], ['a.md', 'b.rb'])).toBe(false);
    expect(matchesAnyPath([], ['a'])).toBe(false);
    expect(matchesAnyPath(['a'], [])).toBe(false);
  });

  it('says yes without looking beyond 50 000 comparisons', () => {
    const paths = Array.from({ length: 25_000 }, (_, index) => `f${index}`);
    expect(matchesAnyPath(['x', 'y'], paths)).toBe(false);
    expect(matchesAnyPath(['x', 'y'], [...paths, 'one more'])).toBe(true);
  });

  it('says yes without looking when braces stand for too many patterns', () => {
    expect(matchesAnyPath(['{a,b}'.repeat(30)], ['x'])).toBe(true);
    expect(matchesAnyPath(['{a,b}'.repeat(9)], ['x'])).toBe(false);
  });

  const long = 'a'.repeat(4000);
  it.each([
    ['stars', '*a'.repeat(2000), long],
    ['questions and stars', '*?'.repeat(2000), long],
    ['directories', `${'**/a/'.repeat(500)}b`, 'a/'.repeat(2000)],
    ['stars in directories', `**/${'*a'.repeat(50)}b`, 'aaaa/'.repeat(800)],
    ['open braces', '{'.repeat(100_000), 'a'],
    ['nested braces', `${'{'.repeat(50_000)}a${'}'.repeat(50_000)}`, 'b'],
    ['many alternatives', `{${'a,'.repeat(100_000)}}`, 'b'],
    ['open classes', '[a'.repeat(5000), long],
    ['escapes', '\\'.repeat(100_000), 'a'],
  ])('%s take little time', (_, pattern, path) => {
    const before = process.threadCpuUsage();
    matchesAnyPath([pattern], [path]);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(1000);
  });

  it('says yes when matching would take too long', () => {
    const paths = Array.from({ length: 5000 }, () => 'a'.repeat(255));
    const before = process.threadCpuUsage();
    expect(matchesAnyPath([`*${'a'.repeat(127)}b`], paths)).toBe(true);
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(5000);
  });

  it('never throws, and a path without special characters matches itself', () => {
    const piece = fc.constantFrom(...'ab*?[]{},-!^\\/.é'.split(''), '**/', '😀', '[!');
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        expect(typeof matchesAnyPath([pattern], [path])).toBe('boolean');
        if (/^[ab.é/😀]*$/u.test(path)) expect(matchesAnyPath([path], [path])).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('matchExistingPath', () => {
  const paths = ['README.md', 'src/a.rb', 'src/x/.rb', 'docs/index.md', 'Dockerfile'];

  it.each<[readonly string[], boolean]>([
    [[], false],
    [['Dockerfile'], true],
    [['a.rb'], false],
    [['src/a.rb'], true],
    [['src/'], true],
    [['docs/index/'], false],
    [['src'], false],
    [['*.md'], true],
    [['*.rb'], false],
    [['**/*.rb'], true],
    [['**/*.js'], false],
    [['docs/*'], true],
    [['docs/**'], true],
    [['src/**'], true],
    [['x/**'], false],
    [['nothing', 'src/[a-b].rb'], true],
  ])('%j → %s', (patterns, expected) => {
    expect(existsAnyPath(patterns, paths)).toBe(expected);
  });

  it('tests `**/*.ext` as the end of the path', () => {
    expect(existsAnyPath(['**/*.rb'], ['x/.rb'])).toBe(true);
    expect(existsAnyPath(['**/*.tar.gz'], ['x/a.tar.gz'])).toBe(true);
  });

  it('counts only files at the root when no pattern has a slash or two stars', () => {
    expect(isAboutRootOnly(['*.md', 'a'])).toBe(true);
    expect(isAboutRootOnly(['*.md', 'a/b'])).toBe(false);
    expect(isAboutRootOnly(['**'])).toBe(false);
    expect(existsAnyPath(['index.md', 'a?'], ['docs/index.md'])).toBe(false);
  });

  it('says yes without looking when globs and paths are too many, but not for exact names and extensions', () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `d/f${index}`);
    expect(existsAnyPath(['x/*'], many)).toBe(true);
    expect(existsAnyPath(['x/y', '**/*.rb', 'z/'], many)).toBe(false);
  });
});
