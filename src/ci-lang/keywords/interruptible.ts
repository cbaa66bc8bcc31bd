import { checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBoolean } from './node-tests.ts';

export const interruptibleKeyword: Keyword<boolean> = {
  name: 'interruptible',
  read: (place) => {
    checkValue(place, should.beBoolean);
    return isBoolean(place.node) ? place.node.value === true : undefined;
  },
};
