import { normalize } from 'node:path/posix';

/**
 * A cache's key as a path below the project's cache folder, with gitlab-runner's rules: `%2f` and `%2e` are decoded,
 * backslashes are separators, `..` cannot leave, blanks at the end of a segment go. Empty = no cache.
 */
export const cacheKeyPath = (key: string): string => {
  const decoded = key.replaceAll(/%2f/gi, '/').replaceAll(/%2e/gi, '.').replaceAll('\\', '/').replaceAll('\0', '');
  const inside = normalize(`/${decoded}`);
  return inside
    .split('/')
    .map((segment) => segment.trimEnd())
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
};
