import type { CompiledCache } from '../compiled.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap } from '../yaml/index.ts';
import { cacheKeyKeyword, type FileCacheKey } from './cache-key.ts';
import { allowKeys, beOneOf, checkKey, checkValue, type Requirement, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { flatten, isBlank, isBoolean, isList, isMap, isNull, lengthOf, textsOf } from './node-tests.ts';
import { fail, givenValue, hasFailed, locationOf, type Place, placeInside } from './place.ts';

/** A cache as the file defines it: what its key depends on is not looked at yet. */
export interface CacheDefinition extends Omit<CompiledCache, 'key'> {
  readonly key: string | FileCacheKey;
}

export const CACHE_KEYS = ['key', 'untracked', 'paths', 'when', 'policy', 'unprotect', 'fallback_keys'] as const;
export const CACHE_WHENS = ['on_success', 'on_failure', 'always'] as const satisfies readonly CompiledCache['when'][];
const DEFAULT_KEY = 'default';
const DEFAULT_POLICY = 'pull-push';

/** One cache, or a list of some. `[]` is none, `{}` is one without paths. */
export const cacheKeyword: Keyword<readonly CacheDefinition[]> = {
  name: 'cache',
  read: (place) => {
    const { node } = place;
    if (isMap(node)) return readCache(place);
    // GitLab's entry of the list has no name of its own
    const outer = locationOf(place);
    const list: Place = { ...place, shownAs: `${outer}s` };
    if (!isList(node)) fail(list, 'config', 'can only be a hash or an array');
    else if (node.items.length > LIMITS.caches) {
      fail(list, 'config', `no more than ${LIMITS.caches} caches can be created`);
    }
    if (!isList(node) || hasFailed(place)) return undefined;
    return flatten(node)
      .filter((item) => !isNull(item))
      .flatMap((item, index) => {
        const inner = placeInside(place, 'cache', item, item.position, String(index));
        return readCache({ ...inner, shownAs: outer });
      });
  },
};

/** Nothing when it is not sound. */
const readCache = (place: Place): readonly CacheDefinition[] => {
  const { node } = place;
  checkValue(place, should.beMap);
  if (!isMap(node)) return [];
  checkMap(place, node);
  if (hasFailed(place)) return [];
  const text = (name: string): string | undefined => {
    const value = givenValue(node, name);
    return value?.kind === 'scalar' && !isBlank(value) ? value.text : undefined;
  };
  // In the order in which GitLab reports their errors
  const key = readKeyword(place, node, cacheKeyKeyword) ?? DEFAULT_KEY;
  const unprotect = readKeyword(place, node, switchKeyword('unprotect')) ?? false;
  const untracked = readKeyword(place, node, switchKeyword('untracked')) ?? false;
  const paths = readKeyword(place, node, textsKeyword('paths')) ?? [];
  const fallbackKeys = readKeyword(place, node, textsKeyword('fallback_keys')) ?? [];
  const when = CACHE_WHENS.find((value) => value === text('when')) ?? 'on_success';
  return [{ key, paths, untracked, policy: text('policy') ?? DEFAULT_POLICY, when, unprotect, fallbackKeys }];
};

const checkMap = (place: Place, map: YamlMap): void => {
  allowKeys(place, map, CACHE_KEYS);
  const policy = givenValue(map, 'policy');
  if (policy !== undefined && !isBlank(policy)) checkKey(place, map, 'policy', should.beText, beAPolicy);
  const whens = beOneOf(CACHE_WHENS, `should be one of: ${CACHE_WHENS.join(', ')}`);
  checkKey(place, map, 'when', should.beText, whens);
  checkKey(place, map, 'fallback_keys', beFewEnough);
};

/** GitLab looks for the words anywhere in the text. */
const beAPolicy: Requirement = {
  holds: (node) => /pull|push|\$/.test(textsOf(node).join(' ')),
  message: 'should be a variable or one of: pull-push, push, pull',
};

const beFewEnough: Requirement = {
  holds: (node) => lengthOf(node) <= LIMITS.cacheFallbackKeys,
  message: `has to many entries (maximum ${LIMITS.cacheFallbackKeys})`,
};

const switchKeyword = (name: string): Keyword<boolean> => ({
  name,
  read: (place) => {
    checkValue(place, should.beBoolean);
    const { node } = place;
    return isBoolean(node) && node.kind === 'scalar' ? node.value === true : undefined;
  },
});

const textsKeyword = (name: string): Keyword<readonly string[]> => ({
  name,
  read: (place) => {
    checkValue(place, should.beTexts);
    return hasFailed(place) ? undefined : textsOf(place.node);
  },
});
