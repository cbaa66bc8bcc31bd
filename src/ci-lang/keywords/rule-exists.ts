import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isList, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';
import { checkPatterns } from './rule-changes.ts';

export interface ExistsClause {
  readonly paths: readonly string[];
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
  noteUnsupported(place, map, 'exists');
  return { paths: paths === undefined ? [] : textsOf(paths) };
};
