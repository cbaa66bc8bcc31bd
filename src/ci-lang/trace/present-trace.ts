import { explainJob, explainWorkflow } from './explain.ts';
import type {
  ClauseTrace,
  DecisionTrace,
  IncludeDecision,
  JobDecision,
  RulesTrace,
  RuleTrace,
  SeenValue,
  TracePosition,
} from './trace.ts';

/** The JSON of a trace, as the API and `penstock why --format json` give it (docs/why.md). */
export const presentTrace = (trace: DecisionTrace) => ({
  includes: trace.includes.map(presentInclude),
  workflow: trace.workflow === undefined ? null : presentWorkflow(trace.workflow),
  jobs: trace.jobs.map(presentJob),
});

/** For readers who may not see values that were set outside of the file: those become null. */
export const hideRestricted = (trace: DecisionTrace): DecisionTrace => ({
  includes: trace.includes.map(hideInRules),
  ...(trace.workflow === undefined ? {} : { workflow: hideInRules(trace.workflow) }),
  ...(trace.shortened === undefined ? {} : { shortened: trace.shortened }),
  jobs: trace.jobs.map((job) => ({
    ...hideInRules(job),
    ...(job.only === undefined ? {} : { only: job.only.map(hideInClause) }),
    ...(job.except === undefined ? {} : { except: job.except.map(hideInClause) }),
  })),
});

const hideInRules = <Trace extends RulesTrace>(trace: Trace): Trace => ({
  ...trace,
  rules: trace.rules.map((rule): RuleTrace => ({ ...rule, clauses: rule.clauses.map(hideInClause) })),
});

const hideInClause = (clause: ClauseTrace): ClauseTrace => {
  switch (clause.kind) {
    case 'if':
      return { ...clause, values: clause.values.map(hide) };
    case 'changes':
    case 'exists': {
      const { compareTo: _hidden, ...rest } = clause;
      const values = clause.values.map(hide);
      return values.some(({ visibility }) => visibility !== 'public') ? { ...rest, values } : { ...clause, values };
    }
    case 'refs':
    case 'kubernetes':
      return clause;
  }
};

const hide = (seen: SeenValue): SeenValue => (seen.visibility === 'public' ? seen : { ...seen, value: null });

const presentPosition = ({ file, line, column }: TracePosition) => ({ file, line, column });

const presentRules = ({ outcome, decidedBy, rules, problem, shortened }: RulesTrace) => ({
  outcome,
  decided_by: decidedBy,
  problem: problem ?? null,
  rules: rules.map(presentRule),
  ...(shortened && { shortened }),
});

const presentWorkflow = (workflow: RulesTrace) => ({
  sentence: explainWorkflow(workflow).sentence,
  ...presentRules(workflow),
});

const presentInclude = (include: IncludeDecision) => ({
  location: include.location,
  ...presentPosition(include.at),
  ...presentRules(include),
});

const presentJob = (job: JobDecision) => ({
  name: job.name,
  stage: job.stage,
  ...presentPosition(job.at),
  sentence: explainJob(job).sentence,
  by: job.by,
  ...presentRules(job),
  ...(job.by === 'only_except' && {
    only: (job.only ?? []).map(presentClause),
    except: (job.except ?? []).map(presentClause),
  }),
});

const presentRule = (rule: RuleTrace) => ({
  index: rule.index,
  ...presentPosition(rule.at),
  matched: rule.matched,
  when: rule.when ?? null,
  clauses: rule.clauses.map(presentClause),
});

const presentClause = (clause: ClauseTrace) => {
  switch (clause.kind) {
    case 'if': {
      const { kind, holds, expression, values } = clause;
      return { kind, holds, expression, values: values.map(presentValue) };
    }
    case 'changes':
    case 'exists': {
      const { kind, holds, patterns, values, because, compareTo, project, path, candidates } = clause;
      return {
        kind,
        holds,
        patterns,
        values: values.map(presentValue),
        because,
        compare_to: compareTo ?? null,
        project: project ?? null,
        path: path ?? null,
        candidates: candidates ?? null,
      };
    }
    case 'refs':
    case 'kubernetes':
      return clause;
  }
};

const presentValue = ({ kind, name, value, visibility }: SeenValue) => ({
  kind,
  name,
  value,
  visibility,
});
