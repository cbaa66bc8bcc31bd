import type { VariableScopes } from '../compile-types.ts';
import type { AutoCancel } from '../compiled.ts';
import { configError, diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { DEFAULT_AUTO_CANCEL } from '../keywords/auto-cancel.ts';
import type { ConfigDefinition } from '../keywords/root.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import { LIMITS } from '../limits.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import type { Repository } from '../rules/repository.ts';
import { RuleError } from '../rules/rule-context.ts';
import { newExpansionMeter, type VariableView, viewVariables } from '../rules/variable-view.ts';
import { mergeVariables } from './merge-variables.ts';

/** What the workflow decides for the whole pipeline. */
export interface WorkflowOutcome {
  readonly runs: boolean;
  readonly name?: string;
  readonly autoCancel: AutoCancel;
  /** root ⊕ matching rule. */
  readonly variables: readonly VariableDefinition[];
}

export const evaluateWorkflow = async (
  config: ConfigDefinition,
  scopes: VariableScopes,
  repository: Repository,
  warnings: Diagnostic[],
): Promise<WorkflowOutcome> => {
  const { rules } = config.workflow;
  const context = { variables: viewPipeline(config.variables, scopes), repository };
  const matched = rules === undefined ? undefined : await matchRules(rules, context, warnings);
  const variables = mergeVariables(config.variables, matched?.variables ?? []);
  const name = pipelineName(config, viewPipeline(variables, scopes));
  return {
    runs: rules === undefined || (matched !== undefined && matched.when !== 'never'),
    ...(name === undefined ? {} : { name }),
    autoCancel: { ...DEFAULT_AUTO_CANCEL, ...config.workflow.autoCancel, ...matched?.autoCancel },
    variables,
  };
};

/** Job variables do not exist yet, even where a host hands some in. */
const viewPipeline = (yaml: readonly VariableDefinition[], { pipeline }: VariableScopes): VariableView => {
  const known = [pipeline.below, yaml, pipeline.above].map((list) =>
    list.filter(({ key }) => !/^CI_(?:JOB|BUILD)/.test(key)),
  );
  return viewVariables(known, newExpansionMeter());
};

/** A rule that cannot be answered filters the pipeline out, as in GitLab; the warning says why. */
const matchRules = async (
  rules: readonly RuleDefinition[],
  context: Parameters<typeof findMatchingRule>[1],
  warnings: Diagnostic[],
): Promise<RuleDefinition | undefined> => {
  try {
    return await findMatchingRule(rules, context);
  } catch (error) {
    const [first] = rules;
    if (!(error instanceof RuleError) || first === undefined) throw error;
    warnings.push(diagnosticAt('warning', `workflow:${error.message}`, first.position, ['workflow', 'rules']));
    return undefined;
  }
};

const pipelineName = ({ workflow }: ConfigDefinition, variables: VariableView): string | undefined => {
  const name = workflow.name === undefined ? '' : variables.expandBlank(workflow.name).trim();
  if (name.length > LIMITS.workflowNameLength) {
    const why = `Name is too long (maximum is ${LIMITS.workflowNameLength} characters)`;
    throw configError(`Failed to build pipeline metadata! ${why}`, workflow.position, ['workflow', 'name']);
  }
  return name === '' ? undefined : name;
};
