import { LIMITS } from '../limits.ts';
import type { ClauseTrace, DecisionTrace, JobDecision, RulesTrace, SeenValue } from './trace.ts';

/**
 * A trace that can be kept and sent: jobs share rules, patterns and values, so that a small file can have a trace of
 * gigabytes. Decisions keep their rules while there is room, the workflow's first; of the others the outcome is left.
 */
export const boundTrace = (trace: DecisionTrace): DecisionTrace => {
  let left: number = LIMITS.traceCharacters;
  let shortened = false;
  const fits = (characters: number): boolean => {
    left -= characters;
    if (left < 0) shortened = true;
    return left >= 0;
  };
  const { workflow } = trace;
  const whole = {
    ...(workflow === undefined ? {} : { workflow: fits(weighRules(workflow)) ? workflow : withoutRules(workflow) }),
    includes: trace.includes.map((include) => (fits(weighRules(include)) ? include : withoutRules(include))),
    jobs: trace.jobs.map((job) => (fits(weighJob(job)) ? job : outcomeOf(job))),
  };
  return shortened ? { ...whole, shortened: true } : trace;
};

/** Outcomes only. */
export const outcomesOf = (trace: DecisionTrace): DecisionTrace => ({
  includes: [],
  jobs: trace.jobs.map(outcomeOf),
  shortened: true,
});

const outcomeOf = ({ only: _only, except: _except, ...job }: JobDecision): JobDecision => withoutRules(job);

const withoutRules = <Trace extends RulesTrace>(trace: Trace): Trace => ({ ...trace, rules: [], shortened: true });

const weighJob = (job: JobDecision): number =>
  weighRules(job) + weighClauses(job.only ?? []) + weighClauses(job.except ?? []);

const weighRules = ({ rules }: RulesTrace): number =>
  rules.reduce((sum, { at, clauses }) => sum + at.file.length + weighClauses(clauses), 0);

const weighClauses = (clauses: readonly ClauseTrace[]): number =>
  clauses.reduce((sum, clause) => sum + weighClause(clause), 0);

const weighClause = (clause: ClauseTrace): number => {
  switch (clause.kind) {
    case 'if':
      return clause.expression.length + weighValues(clause.values);
    case 'changes':
    case 'exists':
      return weighTexts(clause.patterns) + weighValues(clause.values) + weighTexts([clause.compareTo, clause.path]);
    case 'refs':
      return weighTexts(clause.refs);
    case 'kubernetes':
      return 0;
  }
};

/** A short text weighs something, too: its place in a list. */
const weighTexts = (texts: readonly (string | undefined)[]): number =>
  texts.reduce((sum, text) => sum + (text?.length ?? 0) + 4, 0);

const weighValues = (values: readonly SeenValue[]): number =>
  values.reduce((sum, { name, value }) => sum + name.length + (typeof value === 'string' ? value.length : 0) + 60, 0);
