import type { Repository } from './repository.ts';
import type { VariableView } from './variable-view.ts';

/** What a rule is held against. */
export interface RuleContext {
  readonly variables: VariableView;
  readonly repository: Repository;
}

/** What a rule asks cannot be answered (`rules:changes:compare_to is not a valid ref`). */
export class RuleError extends Error {}
