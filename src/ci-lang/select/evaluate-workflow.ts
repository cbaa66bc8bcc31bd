import type { VariableScopes } from '../compile-types.ts';
import type { AutoCancel } from '../compiled.ts';
import { configError, diagnosticAt } from '../config-error.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { DEFAULT_AUTO_CANCEL } from '../keywords/auto-cancel.ts';
import type { ConfigDefinition } from '../keywords/root.ts';
import type { VariableDefinition } from '../keywords/variables.ts';
import { LIMITS } from '../limits.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import type { Repository } from '../rules/repository.ts';
import { newExpansionMeter, type VariableView, viewVariables } from '../rules/variable-view.ts';
import { ALWAYS, rulesTrace } from '../trace/rules-trace.ts';
import type { RulesTrace } from '../trace/trace.ts';
import { mergeVariables } from './merge-variables.ts';

/** What the workflow decides for the whole pipeline. */
export interface WorkflowOutcome {
  readonly runs: boolean;
  readonly name?: string;
  readonly autoCancel: AutoCancel;
  /** root ⊕ matching rule. */
  readonly variables: readonly VariableDefinition[];
  readonly trace: RulesTrace;
}

export const evaluateWorkflow = async (
  config: ConfigDefinition,
  scopes: VariableScopes,
  repository: Repository,
  warnings: Diagnostic[],
): Promise<WorkflowOutcome> => {
  const { rules } = config.workflow;
  const context = { variables: viewPipeline(config.variables, scopes), repository };
  const verdict = rules === undefined ? undefined : await findMatchingRule(rules, context);
  if (verdict?.problem !== undefined) warnings.push(unanswered(config, verdict.problem));
  const trace = verdict === undefined ? ALWAYS : rulesTrace(verdict);
  const matched = verdict?.rule;
  const variables = mergeVariables(config.variables, matched?.variables ?? []);
  const name = pipelineName(config, viewPipeline(variables, scopes));
  return {
    runs: trace.outcome === 'included',
    trace,
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
const unanswered = ({ workflow }: ConfigDefinition, problem: string): Diagnostic =>
  diagnosticAt('warning', `workflow:${problem}`, workflow.rules?.[0]?.position ?? workflow.position, [
    'workflow',
    'rules',
  ]);

const pipelineName = ({ workflow }: ConfigDefinition, variables: VariableView): string | undefined => {
  const name = workflow.name === undefined ? '' : variables.expandBlank(workflow.name).trim();
  if (name.length > LIMITS.workflowNameLength) {
    const why = `Name is too long (maximum is ${LIMITS.workflowNameLength} characters)`;
    throw configError(`Failed to build pipeline metadata! ${why}`, workflow.position, ['workflow', 'name']);
  }
  return name === '' ? undefined : name;
};
