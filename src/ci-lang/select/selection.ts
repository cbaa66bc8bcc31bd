import type { PipelineFacts, VariableScopes } from '../compile-types.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import type { Repository } from '../rules/repository.ts';
import type { ExpansionMeter } from '../rules/variable-view.ts';

/** What the choice of jobs depends on. */
export interface Selection {
  readonly facts: PipelineFacts;
  readonly scopes: VariableScopes;
  readonly repository: Repository;
  readonly stageIndex: ReadonlyMap<string, number>;
  /** root ⊕ workflow rule. */
  readonly variables: readonly VariableDefinition[];
  readonly meter: ExpansionMeter;
}
