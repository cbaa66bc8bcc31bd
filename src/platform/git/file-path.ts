/** Why a path cannot name a file in a repository; undefined when it can. */
export type PathFault = 'empty' | 'traversal' | 'invalid';

// What file systems of other machines take for `.git`: the files must not arrive there when the repository is cloned.
const DOT_GIT = /^(?:\.git|git~\d+)[ .]*$/i;
// Characters that HFS+ ignores.
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const MAX_BYTES = 4096;

/**
 * Looks at a path as an API caller sent it (decoded once). `traversal`: a `.` or `..` segment, also with backslashes, or a
 * line break. `invalid`: an absolute path, an empty segment, NUL, a backslash, anything that some system takes for `.git`.
 */
export const findPathFault = (path: string): PathFault | undefined => {
  if (path === '') return 'empty';
  const segments = path.split('/');
  if (path.split(/[/\\]/).some((segment) => segment === '.' || segment === '..') || path.includes('\n'))
    return 'traversal';
  if (/[\u0000\\]/.test(path) || !path.isWellFormed() || Buffer.byteLength(path) > MAX_BYTES) return 'invalid';
  return segments.some((segment) => segment === '' || DOT_GIT.test(segment.replace(IGNORED, '')))
    ? 'invalid'
    : undefined;
};

/** Whether a path may be looked up in a commit. What cannot be there is simply not found. */
export const isReadablePath = (path: string): boolean =>
  path !== '' &&
  !/[\u0000\n]/.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
