import { evaluate } from '../expressions/index.ts';
import type { RuleDefinition } from '../keywords/rule.ts';
import { changesHold, existsHolds } from './match-paths.ts';
import type { RuleContext } from './rule-context.ts';

/** The first rule whose clauses all hold. Throws `RuleError`. */
export const findMatchingRule = async (
  rules: readonly RuleDefinition[],
  context: RuleContext,
): Promise<RuleDefinition | undefined> => {
  for (const rule of rules) {
    // A rule is looked at only when those before it do not match
    if (await ruleMatches(rule, context)) return rule;
  }
  return undefined;
};

const ruleMatches = async (rule: RuleDefinition, context: RuleContext): Promise<boolean> => {
  if (rule.if !== undefined && !evaluate(rule.if.expression, context.variables.raw)) return false;
  if (rule.changes !== undefined && !(await changesHold(rule.changes, context))) return false;
  return rule.exists === undefined || existsHolds(rule.exists, context);
};
