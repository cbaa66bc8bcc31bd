import { definedOnly } from '../defined-only.ts';
import type { YamlMap } from '../yaml/index.ts';
import { allowKeys, checkKey, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isList, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { fail, failWith, givenText, givenValue, hasFailed, locationOf, type Place } from './place.ts';
import { checkPatterns, readPatterns, requirePatterns } from './rule-changes.ts';

export interface ExistsClause {
  readonly paths: readonly string[];
  /** In place of `paths`; variables are not put in yet. */
  readonly regexp?: string;
  /** Whose files, when not those of the project that the rule belongs to; variables are not put in yet. */
  readonly project?: string;
  /** Of that project: branch, tag or sha. */
  readonly ref?: string;
}

export const EXISTS_KEYS = ['paths', 'regexp', 'project', 'ref'] as const;

const existsLike = (limited: boolean): Keyword<ExistsClause> => ({
  name: 'exists',
  read: (place) => {
    const { node } = place;
    if (isText(node)) return { paths: [node.text] };
    // GitLab takes what is empty for an empty list
    if (!isList(node) && isBlank(node)) return { paths: [] };
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
  allowKeys(place, map, EXISTS_KEYS);
  requirePatterns(place, map);
  if (givenValue(map, 'ref') !== undefined) requireKeys(place, map, ['project']);
  const patterns = readPatterns(place, map);
  checkKey(place, map, 'project', should.beText);
  checkKey(place, map, 'ref', should.beText);
  if (hasFailed(place) || patterns === undefined) return undefined;
  return { ...patterns, ...definedOnly({ project: givenText(map, 'project'), ref: givenText(map, 'ref') }) };
};
