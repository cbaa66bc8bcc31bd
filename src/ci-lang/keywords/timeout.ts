import { LIMITS } from '../limits.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';
import { fail } from './place.ts';
import { readDuration } from './read-duration.ts';

/** Seconds. Must be text: a bare `60` is an integer. */
export const timeoutKeyword: Keyword<number> = {
  name: 'timeout',
  read: (place) => {
    const seconds = isText(place.node) ? readDuration(place.node.text) : undefined;
    if (seconds === undefined) fail(place, 'config', 'should be a duration');
    if (seconds === undefined || seconds > LIMITS.timeoutSeconds) {
      fail(place, 'config', 'should not exceed the limit');
      return undefined;
    }
    return seconds;
  },
};
