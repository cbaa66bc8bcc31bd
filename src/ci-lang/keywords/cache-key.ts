import { definedOnly } from '../defined-only.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, checkValue, type Requirement, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isMap, isTextOrSymbol, lengthOf, textsOf } from './node-tests.ts';
import { fail, failWith, hasFailed, locationOf, type Place } from './place.ts';

/** A key that changes with files of the commit; at most one of the two lists is given. */
export interface FileCacheKey {
  /** Paths and globs, without a slash in front: their contents count. */
  readonly files?: readonly string[];
  /** Git pathspecs: the last commits that changed them count. */
  readonly filesCommits?: readonly string[];
  /** Absent: made from the cache's number and the names of `files`. */
  readonly prefix?: string;
}

export const CACHE_KEY_KEYS = ['files', 'files_commits', 'prefix'] as const;

/** `cache:key`. */
export const cacheKeyKeyword: Keyword<string | FileCacheKey> = {
  name: 'key',
  read: (place) => {
    const { node } = place;
    if (isMap(node)) return readFileKey(place, node);
    if (isTextOrSymbol(node)) return readText(place, node);
    failWith(place, `${locationOf(place)} should be a hash, a string or a symbol`);
    return undefined;
  },
};

const readFileKey = (place: Place, map: YamlMap): FileCacheKey | undefined => {
  allowKeys(place, map, CACHE_KEY_KEYS);
  // Keys count even when their value is null
  if (map.byName.has('files') === map.byName.has('files_commits')) {
    fail(place, 'config', 'must use exactly one of these keys: files, files_commits');
  }
  if (hasFailed(place)) return undefined;
  return definedOnly({
    files: readKeyword(place, map, filesKeyword('files')),
    filesCommits: readKeyword(place, map, filesKeyword('files_commits')),
    prefix: readKeyword(place, map, prefixKeyword),
  });
};

const filesKeyword = (name: string): Keyword<readonly string[]> => ({
  name,
  read: (place) => {
    checkValue(place, should.beTexts, beLongEnough, beShortEnough);
    return hasFailed(place) ? undefined : textsOf(place.node).map((path) => path.replace(/^\/+/, ''));
  },
});

const beLongEnough: Requirement = {
  holds: (node) => lengthOf(node) >= 1,
  message: 'requires at least 1 item',
};
const beShortEnough: Requirement = {
  holds: (node) => lengthOf(node) <= LIMITS.cacheKeyFiles,
  message: `has too many items (maximum is ${LIMITS.cacheKeyFiles})`,
};

const prefixKeyword: Keyword<string> = {
  name: 'prefix',
  read: (place) => {
    const { node } = place;
    if (isTextOrSymbol(node)) return readText(place, node);
    fail(place, 'config', 'should be a string or symbol');
    return undefined;
  },
};

const readText = (place: Place, node: YamlNode): string | undefined => {
  const key = node.kind === 'scalar' ? node.text : '';
  const decoded = key.replaceAll(/%2f/gi, '/').replaceAll(/%2e/gi, '.');
  if (decoded.includes('/')) fail(place, 'config', 'cannot contain the "/" character');
  else if (decoded === '.' || decoded === '..') fail(place, 'config', 'cannot be "." or ".."');
  return hasFailed(place) ? undefined : key;
};
