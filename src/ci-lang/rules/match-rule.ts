import type { RuleDefinition } from '../keywords/rule.ts';
import type { ClauseTrace, RuleTrace, TracePosition } from '../trace/trace.ts';
import { matchExpression } from './match-expression.ts';
import { matchChanges, matchExists } from './match-paths.ts';
import { type RuleContext, RuleError } from './rule-context.ts';

/** What came of a list of rules. */
export interface RulesVerdict {
  /** The first rule whose clauses all hold. */
  readonly rule?: RuleDefinition;
  /** A rule cannot be answered (`rules:changes:compare_to is not a valid ref`); nothing was looked at after it. */
  readonly problem?: string;
  /** Those looked at, up to the one that won. */
  readonly looked: readonly RuleTrace[];
}

export const findMatchingRule = async (
  rules: readonly RuleDefinition[],
  context: RuleContext,
): Promise<RulesVerdict> => {
  const looked: RuleTrace[] = [];
  for (const [index, rule] of rules.entries()) {
    const clauses: ClauseTrace[] = [];
    try {
      // A rule is looked at only when those before it do not match
      await matchClauses(rule, context, clauses);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      looked.push(traceOf(rule, index, clauses, false));
      return { problem: error.message, looked };
    }
    const matched = clauses.every(({ holds }) => holds);
    looked.push(traceOf(rule, index, clauses, matched));
    if (matched) return { rule, looked };
  }
  return { looked };
};

/** Adds a trace for each clause that is looked at: the first that does not hold is the last. */
const matchClauses = async (rule: RuleDefinition, context: RuleContext, clauses: ClauseTrace[]): Promise<void> => {
  if (rule.if !== undefined) clauses.push(matchExpression(rule.if, context));
  if (rule.changes !== undefined && holdsSoFar(clauses)) clauses.push(await matchChanges(rule.changes, context));
  if (rule.exists !== undefined && holdsSoFar(clauses)) clauses.push(await matchExists(rule.exists, context));
};

const holdsSoFar = (clauses: readonly ClauseTrace[]): boolean => clauses.at(-1)?.holds ?? true;

const traceOf = (
  rule: RuleDefinition,
  index: number,
  clauses: readonly ClauseTrace[],
  matched: boolean,
): RuleTrace => ({
  index,
  at: placeOf(rule),
  matched,
  ...(rule.when === undefined ? {} : { when: rule.when }),
  clauses,
});

const placeOf = ({ position: { file, line, column } }: RuleDefinition): TracePosition => ({ file, line, column });
