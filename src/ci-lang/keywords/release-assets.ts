import type { CompiledRelease } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkValue, keyNames, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isList, isMap } from './node-tests.ts';
import { fail, givenText, givenValue, hasFailed, type Place, placeInside, warn } from './place.ts';

export const RELEASE_ASSETS_KEYS = ['links'] as const;
export const RELEASE_LINK_KEYS = ['name', 'url', 'filepath', 'link_type'] as const;

/** `assets:links`. GitLab does not look into the links before the runner makes the release. */
export const releaseAssetsKeyword: Keyword<CompiledRelease['links']> = {
  name: 'assets',
  read: (place) => {
    const map = place.node;
    checkValue(place, should.beMap);
    if (!isMap(map)) return undefined;
    allowKeys(place, map, RELEASE_ASSETS_KEYS);
    const links = givenValue(map, 'links');
    if (links === undefined || !isList(links) || !links.items.every(isMap)) {
      fail(place, 'links', 'should be an array of hashes');
    }
    if (links === undefined || isBlank(links)) fail(place, 'links', should.bePresent.message);
    if (hasFailed(place) || links === undefined || !isList(links)) return undefined;
    return links.items.filter(isMap).map((link, index) => readLink(placeInside(place, `links:${index}`, link), link));
  },
};

const readLink = (place: Place, map: YamlMap): CompiledRelease['links'][number] => {
  const known: readonly string[] = RELEASE_LINK_KEYS;
  for (const name of keyNames(map)) {
    if (known.includes(name)) continue;
    warn(place, [`\`${name}\` has no effect.`, didYouMean([name], RELEASE_LINK_KEYS) ?? ''].join(' ').trimEnd());
  }
  const [name, url] = [givenText(map, 'name') ?? '', givenText(map, 'url') ?? ''];
  if (name === '' || url === '') warn(place, 'lacks its `name` or `url`: the release will be refused');
  return { name, url, ...definedOnly({ filepath: givenText(map, 'filepath'), linkType: givenText(map, 'link_type') }) };
};
