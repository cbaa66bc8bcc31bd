import { ARTIFACT_HOLDERS } from './holders/artifacts.ts';
import { CACHE_HOLDERS } from './holders/cache.ts';
import { ENVIRONMENT_HOLDERS } from './holders/environment.ts';
import { IMAGE_HOLDERS } from './holders/image.ts';
import { INCLUDE_HOLDERS } from './holders/include.ts';
import { JOB_HOLDERS } from './holders/job.ts';
import { NEED_HOLDERS } from './holders/needs.ts';
import { ROOT_HOLDERS } from './holders/root.ts';
import { RULE_HOLDERS } from './holders/rules.ts';
import { SECRET_HOLDERS } from './holders/secrets.ts';
import { VALUE_HOLDERS } from './holders/values.ts';
import type { KeywordTable } from './table-types.ts';

/**
 * Every keyword of `.gitlab-ci.yml` that the compiler knows, at each place where it may stand: what an editor can show.
 * Names and words come from the compiler's own lists.
 */
export const KEYWORD_TABLE: KeywordTable = {
  ...ROOT_HOLDERS,
  ...JOB_HOLDERS,
  ...RULE_HOLDERS,
  ...INCLUDE_HOLDERS,
  ...NEED_HOLDERS,
  ...IMAGE_HOLDERS,
  ...ARTIFACT_HOLDERS,
  ...CACHE_HOLDERS,
  ...ENVIRONMENT_HOLDERS,
  ...SECRET_HOLDERS,
  ...VALUE_HOLDERS,
};
