import { allowKeys, checkKey, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { integersOf, isBoolean, isMap } from './node-tests.ts';
import { fail, givenValue, hasFailed } from './place.ts';

/** `true`, `false`, or only when the job ends in one of these exit codes. */
export type AllowFailure = boolean | { readonly exitCodes: readonly number[] };

export const ALLOW_FAILURE_KEYS = ['exit_codes'] as const;

export const allowFailureKeyword: Keyword<AllowFailure> = {
  name: 'allow_failure',
  check: (job, node) => {
    const { holds, message } = should.beMapOrBoolean;
    if (!holds(node)) fail(job, 'allow_failure', message);
  },
  read: (place) => {
    const { node } = place;
    if (isBoolean(node)) return node.value === true;
    if (!isMap(node)) return undefined;
    allowKeys(place, node, ALLOW_FAILURE_KEYS);
    checkKey(place, node, 'exit_codes', should.beIntegersOrInteger);
    if (hasFailed(place)) return undefined;
    const codes = givenValue(node, 'exit_codes');
    return { exitCodes: codes === undefined ? [] : integersOf(codes) };
  },
};
