import type { ConfigPlace, ProjectQuestion } from '../config-host.ts';
import type { Repository } from './repository.ts';
import type { VariableView } from './variable-view.ts';

/** What a rule is held against. */
export interface RuleContext {
  readonly variables: VariableView;
  readonly repository: Repository;
  /** Whose files `exists` looks at. Absent: the pipeline's own commit. */
  readonly place?: ConfigPlace | 'nowhere';
  /** Who asks for other projects. Absent: the pipeline's user. */
  readonly as?: ProjectQuestion['as'];
}

/** What a rule asks cannot be answered (`rules:changes:compare_to is not a valid ref`). */
export class RuleError extends Error {}
