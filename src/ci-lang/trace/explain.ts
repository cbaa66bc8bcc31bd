import type {
  ClauseTrace,
  IfTrace,
  IncludeDecision,
  JobDecision,
  PathsTrace,
  RulesTrace,
  RuleTrace,
  SeenValue,
} from './trace.ts';
import { whatWouldHold } from './would-hold.ts';

/** A decision in words, with a line for each rule that was looked at. */
export interface Explanation {
  readonly sentence: string;
  readonly rules: readonly string[];
}

/** ``deploy is not in the pipeline: none of its 2 rules matched``. */
export const explainJob = (job: JobDecision): Explanation => {
  const subject = `${job.name} is ${job.outcome === 'included' ? '' : 'not '}in the pipeline`;
  if (job.by === 'nothing') {
    const but = job.outcome === 'included' ? '' : ', and such jobs run for branches and tags only';
    return { sentence: `${subject}: it has no rules${but}`, rules: [] };
  }
  if (job.by === 'rules')
    return { sentence: `${subject}: ${reasonOf(job, 'its')}`, rules: job.rules.map(describeRule) };
  const only = (job.only ?? []).map((clause) => `only: ${describeClause(clause)}`);
  const except = (job.except ?? []).map((clause) => `except: ${describeClause(clause)}`);
  return { sentence: `${subject}: ${reasonOfPolicy(job)}`, rules: [...only, ...except] };
};

/** ``the workflow lets the pipeline run: rule 1 (.gitlab-ci.yml:3) matched``. */
export const explainWorkflow = (workflow: RulesTrace): Explanation => {
  const subject = `the workflow ${workflow.outcome === 'included' ? 'lets the pipeline run' : 'filters the pipeline out'}`;
  if (workflow.rules.length === 0 && workflow.shortened !== true)
    return { sentence: `${subject}: it has no rules`, rules: [] };
  return { sentence: `${subject}: ${reasonOf(workflow, 'its')}`, rules: workflow.rules.map(describeRule) };
};

/** ``ci/deploy.yml is not included: its only rule did not match``. */
export const explainInclude = (include: IncludeDecision): Explanation => ({
  sentence: `${include.location} is ${include.outcome === 'included' ? '' : 'not '}included: ${reasonOf(include, 'its')}`,
  rules: include.rules.map(describeRule),
});

const reasonOf = (trace: RulesTrace, whose: string): string => {
  if (trace.problem !== undefined) return `a rule could not be answered (${trace.problem})`;
  const winner = trace.rules.find(({ index }) => index === trace.decidedBy);
  if (winner !== undefined) {
    const says = winner.when === 'never' ? ' and says `when: never`' : '';
    return `rule ${winner.index + 1} (${placeOf(winner)}) matched${says}`;
  }
  if (trace.shortened === true) {
    return trace.decidedBy === null ? 'none of its rules matched' : `its rule ${trace.decidedBy + 1} decided`;
  }
  const count = trace.rules.length;
  if (count === 0) return 'its list of rules is empty';
  return count === 1 ? `${whose} only rule did not match` : `none of ${whose} ${count} rules matched`;
};

const reasonOfPolicy = (job: JobDecision): string => {
  if (job.shortened === true) return '`only` and `except` decided';
  const failed = job.only?.find(({ holds }) => !holds);
  if (failed !== undefined) return `\`only\` does not hold (${describeClause(failed)})`;
  const hit = job.except?.find(({ holds }) => holds);
  return hit === undefined ? '`only` and `except` let it in' : `\`except\` holds (${describeClause(hit)})`;
};

/** ``rule 2 (.gitlab-ci.yml:14) does not match: if $A == "x" is false ($A is "y"); …``. */
const describeRule = (rule: RuleTrace): string => {
  const verdict = rule.matched ? 'matches' : 'does not match';
  const clauses = rule.clauses.length === 0 ? 'it has no condition' : rule.clauses.map(describeClause).join('; ');
  const when = rule.when === undefined ? '' : `; when: ${rule.when}`;
  return `rule ${rule.index + 1} (${placeOf(rule)}) ${verdict}: ${clauses}${when}`;
};

const placeOf = ({ at }: RuleTrace): string => `${at.file}:${at.line}`;

const describeClause = (clause: ClauseTrace): string => {
  switch (clause.kind) {
    case 'if':
      return describeIf(clause);
    case 'changes':
    case 'exists':
      return describePaths(clause);
    case 'refs':
      return `refs [${clause.refs.join(', ')}] ${clause.holds ? 'include' : 'do not include'} ${clause.ref} (${clause.source})`;
    case 'kubernetes':
      return 'kubernetes: there is no cluster';
  }
};

const describeIf = (trace: IfTrace): string => {
  const values = trace.values.length === 0 ? '' : ` (${trace.values.map(describeValue).join(', ')})`;
  const text = `if ${trace.expression} is ${trace.holds}${values}`;
  const wanted = trace.holds ? undefined : whatWouldHold(trace);
  return wanted === undefined || wanted === trace.expression ? text : `${text}, it takes ${wanted}`;
};

const describeValue = ({ kind, name, value, visibility }: SeenValue): string => {
  const shown = kind === 'input' ? `input ${name}` : `$${name}`;
  if (visibility === 'secret') return `${shown} is masked`;
  if (value === null) return visibility === 'restricted' ? `${shown} is set` : `${shown} is not set`;
  return `${shown} is ${JSON.stringify(value)}`;
};

const describePaths = (trace: PathsTrace): string => {
  const what = trace.kind === 'changes' ? 'changes' : 'exists';
  const since = trace.compareTo === undefined ? '' : ` compared to ${trace.compareTo}`;
  const asked = `${what} [${trace.patterns.join(', ')}]${since}`;
  switch (trace.because) {
    case 'path_matches':
      return `${asked} holds: ${trace.path ?? ''}`;
    case 'no_path_matches':
      return `${asked} does not hold: none of ${trace.candidates ?? 0} ${trace.kind === 'changes' ? 'changed paths' : 'files'} matches`;
    case 'no_diff_available':
      return `${asked} holds: there is no diff to look at (only pushes to an existing branch have one)`;
    case 'too_many_to_compare':
      return `${asked} holds: there is too much to compare`;
  }
};
