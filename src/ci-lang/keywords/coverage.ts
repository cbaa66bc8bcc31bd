import { compileRegexLiteral } from '../expressions/index.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';
import { fail } from './place.ts';

/** `/re2/` as written. */
export const coverageKeyword: Keyword<string> = {
  name: 'coverage',
  read: (place) => {
    if (isText(place.node) && compileRegexLiteral(place.node.text) !== undefined) return place.node.text;
    fail(place, 'config', 'must be a regular expression with re2 syntax');
    return undefined;
  },
};
