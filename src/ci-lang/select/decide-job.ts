import type { JobDefinition } from '../keywords/job-definition.ts';
import { DEFAULT_ONLY } from '../keywords/policy.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import { matchExcept, matchOnly } from '../rules/match-policy.ts';
import { findMatchingRule } from '../rules/match-rule.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import type { VariableView } from '../rules/variable-view.ts';
import { ALWAYS, rulesTrace } from '../trace/rules-trace.ts';
import type { JobDecision } from '../trace/trace.ts';
import type { Selection } from './selection.ts';

export interface DecidedJob {
  /** `failed`: a rule could not be answered, and with it the whole pipeline fails. */
  readonly decision: JobDecision;
  /** The rule that let the job in. */
  readonly rule?: RuleDefinition;
}

/** Whether the job is in the pipeline: by its rules if it has them, else by only and except, else always. */
export const decideJob = async (
  job: JobDefinition,
  { facts, repository }: Pick<Selection, 'facts' | 'repository'>,
  variables: VariableView,
): Promise<DecidedJob> => {
  const context = { variables, repository };
  if (job.rules !== undefined) return decideByRules(job, job.rules, context);
  if (job.only === undefined && job.except === undefined) {
    return { decision: { ...subjectOf(job), by: 'nothing', ...ALWAYS } };
  }
  const only = job.only && (await matchOnly(job.only, facts, context));
  const except = only?.holds === false ? undefined : job.except && (await matchExcept(job.except, facts, context));
  return {
    decision: {
      ...subjectOf(job),
      by: job.only === DEFAULT_ONLY && job.except === undefined ? 'nothing' : 'only_except',
      ...ALWAYS,
      outcome: only?.holds === false || except?.holds === true ? 'excluded' : 'included',
      ...(only === undefined ? {} : { only: only.clauses }),
      ...(except === undefined ? {} : { except: except.clauses }),
    },
  };
};

const decideByRules = async (
  job: JobDefinition,
  rules: readonly RuleDefinition[],
  context: RuleContext,
): Promise<DecidedJob> => {
  const verdict = await findMatchingRule(rules, context);
  const decision: JobDecision = { ...subjectOf(job), by: 'rules', ...rulesTrace(verdict) };
  return decision.outcome === 'included' && verdict.rule !== undefined
    ? { decision, rule: verdict.rule }
    : { decision };
};

const subjectOf = ({ name, stage, position: { file, line, column } }: JobDefinition) => ({
  name,
  stage,
  at: { file, line, column },
});
