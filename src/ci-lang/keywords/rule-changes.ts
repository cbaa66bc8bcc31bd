import { compileRegex } from '../expressions/index.ts';
import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { allowKeys, allowOnlyOneOf, checkKey, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isList, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';

export interface ChangesClause {
  readonly paths: readonly string[];
  /** In place of `paths`; variables are not put in yet. */
  readonly regexp?: string;
  readonly compareTo?: string;
}

export const CHANGES_KEYS = ['paths', 'regexp', 'compare_to'] as const;

export const changesKeyword: Keyword<ChangesClause> = {
  name: 'changes',
  read: (place) => {
    const { node } = place;
    if (isList(node)) {
      checkPatterns(place, 'config', node);
      return hasFailed(place) ? undefined : { paths: textsOf(node) };
    }
    if (!isMap(node)) {
      failWith(place, `${locationOf(place)} should be an array or a hash`);
      return undefined;
    }
    allowKeys(place, node, CHANGES_KEYS);
    requirePatterns(place, node);
    const patterns = readPatterns(place, node);
    checkKey(place, node, 'compare_to', should.beText);
    const compareTo = givenValue(node, 'compare_to');
    if (hasFailed(place) || patterns === undefined) return undefined;
    return { ...patterns, ...(compareTo?.kind === 'scalar' ? { compareTo: compareTo.text } : {}) };
  },
};

/** A list of at most fifty texts. */
export const checkPatterns = (place: Place, attribute: string, node: YamlNode): void => {
  if (!isTextList(node)) fail(place, attribute, should.beTexts.message);
  const length = isList(node) ? node.items.length : 0;
  if (length > LIMITS.rulePatterns) {
    fail(place, attribute, `has too many entries (maximum ${LIMITS.rulePatterns})`);
  }
};

/** `paths`, or a `regexp` in their place. */
export const requirePatterns = (place: Place, map: YamlMap): void => {
  if (givenValue(map, 'regexp') === undefined) requireKeys(place, map, ['paths']);
  allowOnlyOneOf(place, map, ['paths', 'regexp']);
};

export const readPatterns = (place: Place, map: YamlMap): Pick<ChangesClause, 'paths' | 'regexp'> | undefined => {
  const regexp = givenValue(map, 'regexp');
  const paths = map.byName.get('paths')?.value;
  if (paths !== undefined) checkPatterns(place, 'paths', paths);
  if (regexp !== undefined) checkRegexp(place, regexp);
  if (hasFailed(place)) return undefined;
  if (regexp?.kind === 'scalar') return { paths: [], regexp: regexp.text };
  return { paths: paths === undefined ? [] : textsOf(paths) };
};

/** One with variables is looked at when they are known. */
const checkRegexp = (place: Place, node: YamlNode): void => {
  if (!isText(node)) return fail(place, 'regexp', should.beText.message);
  if (isBlank(node)) return fail(place, 'regexp', should.bePresent.message);
  if (VARIABLE.test(node.text)) return;
  if (node.text.length > LIMITS.ruleRegexpLength) {
    fail(place, 'regexp', `is too long (maximum is ${LIMITS.ruleRegexpLength} characters)`);
  }
  if (compileRegex(node.text) !== undefined) return;
  const hint = 'Regular expressions have the syntax of RE2: no look-around, no back-references.';
  fail(place, 'regexp', 'must be a valid regular expression', hint);
};

const VARIABLE = /\$\w|\$\{\w|%\w+%/;
