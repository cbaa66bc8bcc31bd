import { LIMITS } from '../limits.ts';
import { parseTags } from '../parse-tags.ts';
import { checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isList, textsOf } from './node-tests.ts';
import { fail, hasFailed } from './place.ts';

/** As written: variables are expanded, and commas split, when the pipeline is made. */
export const tagsKeyword: Keyword<readonly string[]> = {
  name: 'tags',
  read: (place) => {
    checkValue(place, should.beTexts);
    const tags = textsOf(place.node);
    if (isList(place.node) && parseTags(tags).length >= LIMITS.tags) {
      fail(place, 'config', `must be less than the limit of ${LIMITS.tags} tags`);
    }
    return hasFailed(place) ? undefined : tags;
  },
};
