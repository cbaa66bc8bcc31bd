import type { AutoCancel } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { allowKeys, beOneOf, checkKey, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { givenText, hasFailed } from './place.ts';

export const AUTO_CANCEL_KEYS = ['on_new_commit', 'on_job_failure'] as const;
export const ON_NEW_COMMIT = [
  'conservative',
  'interruptible',
  'none',
] as const satisfies readonly AutoCancel['onNewCommit'][];
export const ON_JOB_FAILURE = ['none', 'all'] as const satisfies readonly AutoCancel['onJobFailure'][];

export const DEFAULT_AUTO_CANCEL: AutoCancel = { onNewCommit: 'conservative', onJobFailure: 'none' };

export const autoCancelKeyword: Keyword<Partial<AutoCancel>> = {
  name: 'auto_cancel',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    allowKeys(place, node, AUTO_CANCEL_KEYS);
    checkKey(place, node, 'on_new_commit', should.beText, oneOf(ON_NEW_COMMIT));
    checkKey(place, node, 'on_job_failure', should.beText, oneOf(ON_JOB_FAILURE));
    if (hasFailed(place)) return undefined;
    const onNewCommit = ON_NEW_COMMIT.find((value) => value === givenText(node, 'on_new_commit'));
    const onJobFailure = ON_JOB_FAILURE.find((value) => value === givenText(node, 'on_job_failure'));
    return definedOnly({ onNewCommit, onJobFailure });
  },
};

const oneOf = (values: readonly string[]) => beOneOf(values, `must be one of: ${values.join(', ')}`);
