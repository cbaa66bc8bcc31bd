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
  /** The environment's expanded name, with the YAML variables of the chosen job. */
  readonly nameEnvironment: (name: string, yaml: readonly VariableDefinition[]) => string;
  /** The key of the resource group, expanded with what the chosen job knows. `environment`: its expanded name. */
  readonly expandResourceGroup: (
    key: string,
    yaml: readonly VariableDefinition[],
    environment: string | undefined,
  ) => string;
}

/**
 * The environment's name is expanded with what is known without it; then project variables are those of that
 * environment. Rules see the environment as it is called without their own variables.
 */
export const viewJob = (
  job: JobDefinition,
  { scopes, variables, meter }: Pick<Selection, 'scopes' | 'variables' | 'meter'>,
): JobView => {
  const yaml = mergeVariables(inheritVariables(variables, job.inheritVariables), job.variables);
  const identity = { name: job.name, stage: job.stage, ...definedOnly({ when: job.when }) };
  const view = ({ below, above }: VariableScope, own = yaml): VariableView => viewVariables([below, own, above], meter);
  const anywhere = scopes.forJob(identity);
  const withoutEnvironment = view(anywhere);
  const nameEnvironment = (name: string, own: readonly VariableDefinition[]): string =>
    (own === yaml ? withoutEnvironment : view(anywhere, own)).expandBlank(name);
  const expandResourceGroup = (key: string, own: readonly VariableDefinition[], name: string | undefined): string => {
    if (name === undefined) return nameEnvironment(key, own);
    const { below, above } = scopes.forJob({ ...identity, environment: name });
    const environmentName = { key: 'CI_ENVIRONMENT_NAME', value: name, public: true };
    return view({ below: [environmentName, ...below], above }, own).expandBlank(key);
  };
  const expansions = { nameEnvironment, expandResourceGroup };
  if (job.environment === undefined) return { yaml, variables: withoutEnvironment, ...expansions };
  const environment = nameEnvironment(job.environment.name, yaml);
  return { yaml, variables: view(scopes.forJob({ ...identity, environment })), ...expansions };
};
