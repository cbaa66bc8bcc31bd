import { describe, expect, it } from 'vitest';
import { findPathFault, isReadablePath } from './file-path.ts';

describe('paths in a repository', () => {
  it.each([
    ['a.txt', undefined],
    ['dir/.gitlab-ci.yml', undefined],
    ['.gitignore', undefined],
    ['..a/b..', undefined],
    ['-rf', undefined],
    ['', 'empty'],
    ['../x', 'traversal'],
    ['a/../b', 'traversal'],
    ['a/..', 'traversal'],
    ['./a', 'traversal'],
    ['a\\..\\b', 'traversal'],
    ['a\nb', 'traversal'],
    ['/a', 'invalid'],
    ['a//b', 'invalid'],
    ['a/', 'invalid'],
    ['a\\b', 'invalid'],
    ['a\0b', 'invalid'],
    ['.git/config', 'invalid'],
    ['x/.GIT/hooks', 'invalid'],
    ['git~1/x', 'invalid'],
    ['.g\u200cit/x', 'invalid'],
    ['.git. /x', 'invalid'],
    ['\ud800', 'invalid'],
  ])('%j: %s', (path, fault) => {
    expect(findPathFault(path)).toBe(fault);
  });

  it('reads more than it writes, but never outside', () => {
    expect(isReadablePath('a\\b')).toBe(true);
    for (const path of ['', '..', 'a/../b', './a', '/a', 'a\nb', 'a\0b'])
      expect(isReadablePath(path), path).toBe(false);
  });
});
