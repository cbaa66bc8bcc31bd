import type { JobDefinition } from '../keywords/job-definition.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import { exceptHolds, onlyHolds } from '../rules/match-policy.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import { RuleError } from '../rules/rule-context.ts';
import type { VariableView } from '../rules/variable-view.ts';
import type { Selection } from './selection.ts';

export type JobDecision =
  | { readonly kind: 'included'; readonly rule?: RuleDefinition }
  | { readonly kind: 'excluded' }
  /** A rule could not be answered: the whole pipeline fails. */
  | { readonly kind: 'failed'; readonly message: string };

/** Whether the job is in the pipeline: by its rules if it has them, else by only and except, else always. */
export const decideJob = async (
  job: JobDefinition,
  { facts, repository }: Pick<Selection, 'facts' | 'repository'>,
  variables: VariableView,
): Promise<JobDecision> => {
  const context = { variables, repository };
  if (job.rules !== undefined) return decideByRules(job.name, job.rules, context);
  if (job.only !== undefined && !(await onlyHolds(job.only, facts, context))) return { kind: 'excluded' };
  if (job.except !== undefined && (await exceptHolds(job.except, facts, context))) return { kind: 'excluded' };
  return { kind: 'included' };
};

const decideByRules = async (
  name: string,
  rules: readonly RuleDefinition[],
  context: Parameters<typeof findMatchingRule>[1],
): Promise<JobDecision> => {
  try {
    const rule = await findMatchingRule(rules, context);
    return rule === undefined || rule.when === 'never' ? { kind: 'excluded' } : { kind: 'included', rule };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { kind: 'failed', message: `Failed to parse rule for ${name}: ${error.message}` };
  }
};
