import { diagnosticAt, refuse } from '../config-error.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { artifactsKeyword } from './artifacts.ts';
import { cacheKeyword } from './cache.ts';
import { allowKeys, checkValue, should } from './checks.ts';
import { hooksKeyword } from './hooks.ts';
import { idTokensKeyword } from './id-tokens.ts';
import { imageKeyword } from './image.ts';
import { DEFAULT_KEYS } from './inherit.ts';
import { interruptibleKeyword } from './interruptible.ts';
import type { InheritableValues } from './job-definition.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { givenEntry, hasFailed, type Place, placeOfEntry, warn } from './place.ts';
import { retryKeyword } from './retry.ts';
import { afterScriptKeyword, beforeScriptKeyword } from './script.ts';
import { servicesKeyword } from './services.ts';
import { tagsKeyword } from './tags.ts';
import { timeoutKeyword } from './timeout.ts';

export const defaultKeyword: Keyword<InheritableValues> = {
  name: 'default',
  read: (place) => {
    const map = place.node;
    checkValue(place, should.beMap);
    if (!isMap(map)) return undefined;
    allowKeys(place, map, DEFAULT_KEYS);
    if (hasFailed(place)) return undefined;
    const read = <Value>(keyword: Keyword<Value>): Value | undefined => readKeyword(place, map, keyword);
    const [beforeScript, afterScript, hooks] = [
      read(beforeScriptKeyword),
      read(afterScriptKeyword),
      read(hooksKeyword),
    ];
    const caches = read(cacheKeyword);
    const [image, services, interruptible] = [read(imageKeyword), read(servicesKeyword), read(interruptibleKeyword)];
    const timeout = read(timeoutKeyword);
    const [retry, tags, artifacts] = [read(retryKeyword), read(tagsKeyword), read(artifactsKeyword)];
    const idTokens = read(idTokensKeyword);
    if (timeout !== undefined) warn(place, '`timeout` has no effect here: jobs do not inherit it');
    return definedOnly({
      beforeScript,
      afterScript,
      hooks,
      image,
      services,
      interruptible,
      retry,
      tags,
      artifacts,
      caches,
      idTokens,
    });
  },
};

/** Old places of what belongs into `default`. */
const ROOT_DEFAULTS: readonly string[] = ['before_script', 'after_script', 'cache', 'image', 'services'];

/** The same keyword at the root and in `default` ends the compilation, whatever else is wrong. */
export const refuseDoubleDefaults = (root: Place, map: YamlMap): void => {
  const entry = givenEntry(map, 'default');
  if (entry === undefined || !isMap(entry.value)) return;
  const defaults = entry.value;
  const known: readonly string[] = DEFAULT_KEYS;
  if (!defaults.entries.every(({ name }) => name !== undefined && known.includes(name))) return;
  const place = placeOfEntry({ ...root, inner: [] }, entry);
  refuse(
    ROOT_DEFAULTS.flatMap((name) => {
      const inner = givenEntry(defaults, name);
      if (inner === undefined || givenEntry(map, name) === undefined) return [];
      const message = `${name} is defined in top-level and \`default:\` entry`;
      return [diagnosticAt('error', message, inner.key.position, [place.step, name])];
    }),
  );
};
