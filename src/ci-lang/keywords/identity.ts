import { beOneOf, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isText } from './node-tests.ts';
import { hasFailed } from './place.ts';

export const IDENTITY_PROVIDERS = ['google_cloud'] as const;

/** The cloud that the job signs in to by itself. Not inherited. */
export const identityKeyword: Keyword<string> = {
  name: 'identity',
  read: (place) => {
    checkValue(place, should.beText, beOneOf(IDENTITY_PROVIDERS, `should be one of: ${IDENTITY_PROVIDERS.join(', ')}`));
    return hasFailed(place) || !isText(place.node) ? undefined : place.node.text;
  },
};
