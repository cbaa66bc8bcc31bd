import { describe, expect, it } from 'vitest';
import { repositoryPath, shortToken } from './directories.ts';

describe('directories of a job', () => {
  it.each([
    ['http://gitlab-ci-token:x@host:8080/group/sub/app.git', 'group/sub/app'],
    ['http://host/root/group/app.git/', 'root/group/app'],
    ['http://host/../../%2e%2e/etc/app.git', 'etc/app'],
    ['http://host/', 'project-5'],
    ['file:///srv/git/app.git', 'project-5'],
    ['/srv/git/app.git', 'project-5'],
  ])('%s is worked on in %s', (url, path) => {
    expect(repositoryPath(url, 5)).toBe(path);
  });

  it.each([
    ['glrt-t1_abcdefghijkl', 'abcdefghi'],
    ['glrt-abcdefghijkl', 'abcdefghi'],
    ['t2_abcdefghijkl', 'abcdefghi'],
    ['GR1348941abcdefghijkl', 'abcdefghi'],
    ['plaintoken12', 'plaintoke'],
  ])('%s is shown as %s', (token, short) => {
    expect(shortToken(token)).toBe(short);
  });
});
