import { checkValue, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Keyword } from './keyword.ts';
import { isList, isText, textsOf } from './node-tests.ts';
import { fail, hasFailed } from './place.ts';

export const PULL_POLICIES: readonly string[] = ['always', 'never', 'if-not-present'];

export const pullPolicyKeyword: Keyword<readonly string[]> = {
  name: 'pull_policy',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beTextsOrText);
    const policies = textsOf(node);
    if (isList(node)) {
      const unknown = policies.filter((policy) => !PULL_POLICIES.includes(policy));
      if (unknown.length > 0) {
        fail(place, 'config', `contains unknown values: ${unknown.join(', ')}`, didYouMean(unknown, PULL_POLICIES));
      }
      if (node.items.length === 0) fail(place, 'config', "can't be blank");
    } else if (isText(node) && !PULL_POLICIES.includes(node.text)) {
      {
        fail(place, 'config', 'is not included in the list', didYouMean([node.text], PULL_POLICIES));
      }
    }
    return hasFailed(place) ? undefined : policies;
  },
};
