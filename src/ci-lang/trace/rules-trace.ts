import type { RulesVerdict } from '../rules/match-rule.ts';
import type { RulesTrace } from './trace.ts';

/** Nothing to decide. */
export const ALWAYS: RulesTrace = { outcome: 'included', decidedBy: null, rules: [] };

/** What a list of rules decided. Without a match, and by `when: never`, it is no. */
export const rulesTrace = ({ rule, problem, looked }: RulesVerdict): RulesTrace => {
  if (problem !== undefined) return { outcome: 'failed', decidedBy: null, rules: looked, problem };
  return {
    outcome: rule === undefined || rule.when === 'never' ? 'excluded' : 'included',
    decidedBy: looked.find(({ matched }) => matched)?.index ?? null,
    rules: looked,
  };
};
