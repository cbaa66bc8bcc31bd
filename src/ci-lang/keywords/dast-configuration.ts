import type { JobOptions } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { givenText, hasFailed } from './place.ts';

export const DAST_CONFIGURATION_KEYS = ['site_profile', 'scanner_profile'] as const;

/** Which stored profiles a scan uses. */
export const dastConfigurationKeyword: Keyword<NonNullable<JobOptions['dastConfiguration']>> = {
  name: 'dast_configuration',
  read: (place) => {
    const map = place.node;
    checkValue(place, should.beMap);
    if (!isMap(map)) return undefined;
    allowKeys(place, map, DAST_CONFIGURATION_KEYS);
    checkKey(place, map, 'site_profile', should.beText);
    checkKey(place, map, 'scanner_profile', should.beText);
    if (hasFailed(place)) return undefined;
    return definedOnly({
      siteProfile: givenText(map, 'site_profile'),
      scannerProfile: givenText(map, 'scanner_profile'),
    });
  },
};
