import type { Variable } from '../../ci-lang/index.ts';
import { matchesWildcard } from '../../kit/wildcard.ts';
import { asVariable, type StoredVariable } from './project-variable.ts';

/** What decides which of the stored variables a job gets. */
export interface VariableFilter {
  /** Whether the pipeline's ref is protected. */
  readonly protectedRef: boolean;
  /** The expanded name of the job's environment; absent for a job without one, for `workflow` and for `include`. */
  readonly environment?: string;
}

const EVERYWHERE = '*';

const applies = (scope: string, environment: string | undefined): boolean =>
  scope === EVERYWHERE || (environment !== undefined && matchesWildcard(scope, environment));

/** 0 for `*`, 1 for another pattern, 2 for the environment's own name. */
const specificity = (scope: string, environment: string | undefined): number => {
  if (scope === EVERYWHERE) return 0;
  return scope === environment ? 2 : 1;
};

/**
 * Those of one owner's variables that apply, weakest first: `*`, then other patterns by id, then the exact name, so that of
 * several with one key the most specific wins. Protected ones only on a protected ref.
 */
export const selectVariables = (stored: readonly StoredVariable[], filter: VariableFilter): readonly Variable[] =>
  stored
    .filter((variable) => filter.protectedRef || !variable.protected)
    .filter((variable) => applies(variable.environmentScope, filter.environment))
    .toSorted(
      (a, b) =>
        specificity(a.environmentScope, filter.environment) - specificity(b.environmentScope, filter.environment) ||
        a.id - b.id,
    )
    .map(asVariable);
