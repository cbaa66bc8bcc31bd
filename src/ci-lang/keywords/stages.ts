import { LIMITS } from '../limits.ts';
import type { Keyword } from './keyword.ts';
import { isNestedListOf, isTextOrSymbol, textsOf } from './node-tests.ts';
import { fail } from './place.ts';

export const FIRST_STAGE = '.pre';
export const LAST_STAGE = '.post';

/** `.pre` and `.post`: alone they do not make a pipeline. */
export const EDGE_STAGES: readonly string[] = [FIRST_STAGE, LAST_STAGE];

export const DEFAULT_STAGES: readonly string[] = [FIRST_STAGE, 'build', 'test', 'deploy', LAST_STAGE];

/** The edge stages stand at the ends, wherever they are written; an empty list stays empty. */
export const stagesKeyword: Keyword<readonly string[]> = {
  name: 'stages',
  read: (place) => {
    if (!isNestedListOf(isTextOrSymbol)(place.node)) {
      const levels = `${LIMITS.nestedArrays} levels deep`;
      fail(place, 'config', `should be an array of strings or a nested array of strings up to ${levels}`);
      return undefined;
    }
    const names = textsOf(place.node);
    if (names.length === 0) return [];
    return [FIRST_STAGE, ...new Set(names.filter((name) => !EDGE_STAGES.includes(name))), LAST_STAGE];
  },
};
