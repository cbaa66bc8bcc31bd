import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isList, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';
import { checkPatterns } from './rule-changes.ts';

export interface ExistsClause {
  readonly paths: readonly string[];
  /** Whose files, when not those of the project that the rule belongs to; variables are not put in yet. */
  readonly project?: string;
  /** Of that project: branch, tag or sha. */
  readonly ref?: string;
}

const existsLike = (limited: boolean): Keyword<ExistsClause> => ({
  name: 'exists',
  read: (place) => {
    const { node } = place;
    if (isText(node)) return { paths: [node.text] };
    if (isList(node)) {
      if (limited) checkPatterns(place, 'config', node);
      else if (!isTextList(node)) fail(place, 'config', should.beTexts.message);
      return hasFailed(place) ? undefined : { paths: textsOf(node) };
    }
    if (!isMap(node)) {
      failWith(place, `${locationOf(place)} should be a string, an array of strings, or a hash`);
      return undefined;
    }
    return readMap(place, node);
  },
});

export const existsKeyword = existsLike(true);
/** In `include:rules` a plain list may have any number of paths. */
export const includeExistsKeyword = existsLike(false);

const readMap = (place: Place, map: YamlMap): ExistsClause | undefined => {
  allowKeys(place, map, ['paths', 'project', 'ref']);
  requireKeys(place, map, ['paths']);
  if (givenValue(map, 'ref') !== undefined) requireKeys(place, map, ['project']);
  const paths = givenValue(map, 'paths');
  if (paths !== undefined) checkPatterns(place, 'paths', paths);
  checkKey(place, map, 'project', should.beText);
  checkKey(place, map, 'ref', should.beText);
  if (hasFailed(place)) return undefined;
  const texts = definedOnly({ project: textOf(map, 'project'), ref: textOf(map, 'ref') });
  return { paths: paths === undefined ? [] : textsOf(paths), ...texts };
};

const textOf = (map: YamlMap, name: string): string | undefined => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' ? value.text : undefined;
};
