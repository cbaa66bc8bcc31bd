const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(?:\/|$)|(?:^|\/)\./;
// The file system's limit is 255 bytes for a name, and git appends `.lock` to it.
const MAX_COMPONENT_BYTES = 240;
const MAX_BYTES = 1000;

const isRefPath = (name: string): boolean =>
  name !== '' &&
  name !== '@' &&
  !FORBIDDEN.test(name) &&
  !name.startsWith('/') &&
  !name.endsWith('/') &&
  !name.endsWith('.') &&
  name.isWellFormed() &&
  Buffer.byteLength(name) <= MAX_BYTES &&
  name.split('/').every((part) => Buffer.byteLength(part) <= MAX_COMPONENT_BYTES);

/** A full name such as `refs/heads/main`, by the rules of `git check-ref-format`. */
export const isFullRefName = (name: string): boolean => name.startsWith('refs/') && isRefPath(name) && name.length > 5;

/** The short name of a branch or a tag: what may stand behind `refs/heads/`. Never begins with `-`. */
export const isShortRefName = (name: string): boolean => isRefPath(name) && !name.startsWith('-') && name !== 'HEAD';

/**
 * A name that the API lets one create (GitLab's `GitRefValidator`): besides git's rules it does not begin like a full name
 * and cannot be mistaken for a commit.
 */
export const isCreatableRefName = (name: string): boolean =>
  isShortRefName(name) && !/^refs\/(?:heads|tags|remotes)\//.test(name) && !isSha(name);

/** 40 hexadecimal digits in lower case. */
export const isSha = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/**
 * Something that may be given to git as the name of a commit: a sha (whole or at least 4 digits of it), a ref, short or full,
 * each perhaps with `~2` or `^` behind it. Everything else that git understands (`:/text`, `@{yesterday}`, `a..b`) is refused.
 */
export const isRevision = (text: string): boolean => {
  const bare = text.replace(/(?:[~^]\d{0,6})+$/, '');
  return bare === 'HEAD' || (isRefPath(bare) && !bare.startsWith('-'));
};

/** 40 zeros: "no such ref" in an update. */
export const ZERO_SHA = '0'.repeat(40);
