import { checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';

/** The folder of the pages: an old form of `pages:publish`. */
export const publishKeyword: Keyword<string> = {
  name: 'publish',
  read: (place) => {
    checkValue(place, should.beText);
    return isText(place.node) ? place.node.text : undefined;
  },
};
