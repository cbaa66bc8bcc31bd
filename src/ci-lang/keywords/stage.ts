import { checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';

export const DEFAULT_STAGE = 'test';

export const stageKeyword: Keyword<string> = {
  name: 'stage',
  read: (place) => {
    checkValue(place, should.beText);
    return isText(place.node) ? place.node.text : undefined;
  },
};
