import type { VariableScope } from '../compile-types.ts';
import { definedOnly } from '../defined-only.ts';
import type { JobDefinition } from '../keywords/job-definition.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import { type VariableView, viewVariables } from '../rules/variable-view.ts';
import { inheritVariables, mergeVariables } from './merge-variables.ts';
import type { Selection } from './selection.ts';

/** A job's variables while it is decided on. */
export interface JobView {
  /** root ⊕ workflow rule, as far as inherited, ⊕ job. */
  readonly yaml: readonly VariableDefinition[];
  readonly variables: VariableView;
  /** The environment's expanded name. */
  readonly environment?: string;
}

/**
 * The environment's name is expanded with what is known without it; then project variables are those of that
 * environment.
 */
export const viewJob = (
  job: JobDefinition,
  { scopes, variables, meter }: Pick<Selection, 'scopes' | 'variables' | 'meter'>,
): JobView => {
  const yaml = mergeVariables(inheritVariables(variables, job.inheritVariables), job.variables);
  const identity = { name: job.name, stage: job.stage, ...definedOnly({ when: job.when }) };
  const view = ({ below, above }: VariableScope): VariableView => viewVariables([below, yaml, above], meter);
  const withoutEnvironment = view(scopes.forJob(identity));
  if (job.environment === undefined) return { yaml, variables: withoutEnvironment };
  const environment = withoutEnvironment.expandBlank(job.environment.name);
  return { yaml, variables: view(scopes.forJob({ ...identity, environment })), environment };
};
