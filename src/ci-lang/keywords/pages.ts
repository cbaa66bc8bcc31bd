import type { CompiledPages } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { givenText, hasFailed } from './place.ts';
import { readDuration } from './read-duration.ts';

/** What `pages` says: `true` and `false` say no more than that it is a job of pages, or none. */
export type PagesDefinition = Omit<CompiledPages, 'publish'> & { readonly publish?: string };

export const PAGES_KEYS = ['path_prefix', 'expire_in', 'publish'] as const;

const PUBLIC = 'public';

const beExpiry = {
  holds: (node: YamlNode) =>
    node.kind === 'scalar' &&
    (VARIABLE.test(node.text) ||
      (isText(node) && (/^never$/i.test(node.text) || readDuration(node.text) !== undefined))),
  message: 'should be a duration',
};
const VARIABLE = /\$\w+|\$\{\w+\}|%\w+%/;

export const pagesKeyword: Keyword<PagesDefinition> = {
  name: 'pages',
  read: (place) => {
    const map = place.node;
    checkValue(place, should.beMapOrBoolean);
    if (!isMap(map)) return hasFailed(place) ? undefined : {};
    allowKeys(place, map, PAGES_KEYS);
    checkKey(place, map, 'path_prefix', should.beText);
    checkKey(place, map, 'expire_in', beExpiry);
    checkKey(place, map, 'publish', should.beText);
    if (hasFailed(place)) return undefined;
    return definedOnly({
      pathPrefix: givenText(map, 'path_prefix'),
      expireIn: givenText(map, 'expire_in'),
      publish: givenText(map, 'publish'),
    });
  },
};

/** By the keyword, or by its name unless `pages: false`. An empty map says nothing. */
export const isPagesJob = (name: string, job: YamlMap): boolean => {
  const pages = job.byName.get('pages')?.value;
  if (pages !== undefined && !isBlank(pages)) return true;
  return name === 'pages' && !(pages?.kind === 'scalar' && pages.value === false);
};

/** The folder that is published, which is then among the artifacts. */
export const pagesOf = (pages: PagesDefinition | undefined, publish: string | undefined): CompiledPages => ({
  ...pages,
  publish: pages?.publish ?? publish ?? PUBLIC,
});
