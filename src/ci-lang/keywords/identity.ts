import { beOneOf, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';
import { hasFailed } from './place.ts';

const PROVIDERS: readonly string[] = ['google_cloud'];

/** The cloud that the job signs in to by itself. Not inherited. */
export const identityKeyword: Keyword<string> = {
  name: 'identity',
  read: (place) => {
    checkValue(place, should.beText, beOneOf(PROVIDERS, `should be one of: ${PROVIDERS.join(', ')}`));
    return hasFailed(place) || !isText(place.node) ? undefined : place.node.text;
  },
};
