import { LIMITS } from '../limits.ts';
import type { YamlNode } from '../yaml/index.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';
import { fail, type Place } from './place.ts';
import { readDuration } from './read-duration.ts';

/** Seconds; checked at the job or rule that holds it. */
export const startInKeyword: Keyword<number> = {
  name: 'start_in',
  read: ({ node }) => secondsOf(node),
};

/** A duration of at most one week, checked at the place that holds `start_in`. */
export const checkStartIn = (place: Place, node: YamlNode | undefined): void => {
  const seconds = secondsOf(node);
  if (seconds === undefined) fail(place, 'start_in', 'should be a duration');
  if (seconds === undefined || seconds > LIMITS.startInSeconds) fail(place, 'start_in', 'should not exceed the limit');
};

const secondsOf = (node: YamlNode | undefined): number | undefined =>
  node !== undefined && isText(node) ? readDuration(node.text) : undefined;
