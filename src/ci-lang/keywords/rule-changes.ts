import { LIMITS } from '../limits.ts';
import type { YamlNode } from '../yaml/index.ts';
import { allowKeys, requireKeys, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isList, isMap, isText, isTextList, textsOf } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';

export interface ChangesClause {
  readonly paths: readonly string[];
  readonly compareTo?: string;
}

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
    allowKeys(place, node, ['paths', 'compare_to']);
    requireKeys(place, node, ['paths']);
    const paths = node.byName.get('paths')?.value;
    const compareTo = givenValue(node, 'compare_to');
    if (paths !== undefined) checkPatterns(place, 'paths', paths);
    if (compareTo !== undefined && !isText(compareTo)) fail(place, 'compare_to', should.beText.message);
    if (hasFailed(place) || paths === undefined) return undefined;
    return { paths: textsOf(paths), ...(compareTo?.kind === 'scalar' ? { compareTo: compareTo.text } : {}) };
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
