import type { JobOptions } from '../compiled.ts';
import { allowKeys, checkValue, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { hasFailed } from './place.ts';
import { preGetSourcesScriptKeyword } from './script.ts';

export const HOOK_KEYS = ['pre_get_sources_script'] as const;

export const hooksKeyword: Keyword<NonNullable<JobOptions['hooks']>> = {
  name: 'hooks',
  read: (place) => {
    checkValue(place, should.beMap);
    if (!isMap(place.node)) return undefined;
    allowKeys(place, place.node, HOOK_KEYS);
    if (hasFailed(place)) return undefined;
    return { preGetSourcesScript: readKeyword(place, place.node, preGetSourcesScriptKeyword) ?? [] };
  },
};
