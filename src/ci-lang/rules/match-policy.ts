import type { PipelineFacts } from '../compile-types.ts';
import { compileRegexLiteral, metered } from '../expressions/index.ts';
import type { Policy } from '../keywords/policy.ts';
import type { ClauseTrace, IfTrace, RefsTrace } from '../trace/trace.ts';
import { matchExpression } from './match-expression.ts';
import { matchPolicyChanges } from './match-paths.ts';
import type { RuleContext } from './rule-context.ts';

/** What was looked at of `only` or `except`, and what it comes to. */
export interface PolicyVerdict {
  readonly holds: boolean;
  readonly clauses: readonly ClauseTrace[];
}

/** Every category of `only` must hold. */
export const matchOnly = async (policy: Policy, facts: PipelineFacts, context: RuleContext): Promise<PolicyVerdict> => {
  const clauses: ClauseTrace[] = [];
  for (const match of categoriesOf(policy, facts, context)) {
    // The first that does not hold decides
    const clause = await match();
    clauses.push(clause);
    if (!clause.holds) return { holds: false, clauses };
  }
  return { holds: true, clauses };
};

/** Any category of `except` is enough. */
export const matchExcept = async (
  policy: Policy,
  facts: PipelineFacts,
  context: RuleContext,
): Promise<PolicyVerdict> => {
  const clauses: ClauseTrace[] = [];
  for (const match of categoriesOf(policy, facts, context)) {
    // The first that holds decides
    const clause = await match();
    clauses.push(clause);
    if (clause.holds) return { holds: true, clauses };
  }
  return { holds: false, clauses };
};

type MatchCategory = () => ClauseTrace | Promise<ClauseTrace>;

const categoriesOf = (policy: Policy, facts: PipelineFacts, context: RuleContext): readonly MatchCategory[] => {
  const { refs, variables, changes, kubernetes } = policy;
  const matches: MatchCategory[] = [];
  if (refs !== undefined) matches.push(() => matchRefs(refs, facts, context));
  if (variables !== undefined) matches.push(() => matchVariables(variables, context));
  if (changes !== undefined) matches.push(() => matchPolicyChanges(changes, context));
  // There are no clusters to ask.
  if (kubernetes !== undefined) matches.push(() => ({ kind: 'kubernetes', holds: false }));
  return matches;
};

/** One expression that holds is enough. */
const matchVariables = (conditions: NonNullable<Policy['variables']>, context: RuleContext): IfTrace => {
  const traces: IfTrace[] = [];
  for (const condition of conditions) {
    const trace = matchExpression(condition, context);
    if (trace.holds) return trace;
    traces.push(trace);
  }
  const values = new Map(traces.flatMap((trace) => trace.values).map((seen) => [seen.name, seen] as const));
  // Added up, not joined: most traces are never read, and until then this is no copy
  const expression = conditions.map(({ text }) => text).reduce((all, text) => `${all}, ${text}`);
  return { kind: 'if', holds: false, expression, values: [...values.values()] };
};

const matchRefs = (refs: readonly string[], facts: PipelineFacts, context: RuleContext): RefsTrace => ({
  kind: 'refs',
  holds: metered(context.repository.regexes, () => askOnce(refs, facts, context)),
  refs,
  ref: facts.ref,
  source: facts.source,
});

/** What is known of lists of refs in one pipeline: jobs that extend one template have its list in common. */
const knownVerdicts = new WeakMap<PipelineFacts, WeakMap<readonly string[], Map<string | undefined, boolean>>>();

const askOnce = (refs: readonly string[], facts: PipelineFacts, context: RuleContext): boolean => {
  const ofPipeline = knownVerdicts.get(facts) ?? new WeakMap<readonly string[], Map<string | undefined, boolean>>();
  knownVerdicts.set(facts, ofPipeline);
  const ofRefs = ofPipeline.get(refs) ?? new Map<string | undefined, boolean>();
  ofPipeline.set(refs, ofRefs);
  const project = context.variables.raw('CI_PROJECT_PATH');
  const verdict = ofRefs.get(project) ?? refsHold(refs, facts, context);
  ofRefs.set(project, verdict);
  return verdict;
};

/** `branches`, `tags`, a source in singular or plural, a ref, or `/pattern/`; each may end in `@group/project`. */
const refsHold = (refs: readonly string[], facts: PipelineFacts, context: RuleContext): boolean =>
  refs.some((written) => {
    const at = written.indexOf('@');
    const [pattern, project] = at === -1 ? [written, undefined] : [written.slice(0, at), written.slice(at + 1)];
    const isHere = project === undefined || project === context.variables.raw('CI_PROJECT_PATH');
    return isHere && refHolds(pattern, facts);
  });

const refHolds = (pattern: string, { source, ref, tag, branch }: PipelineFacts): boolean => {
  const isBranch = branch !== undefined;
  if ((tag && pattern === 'tags') || (isBranch && pattern === 'branches')) return true;
  const word = source.replace(/_event$/, '');
  if (pattern === word || pattern === pluralOf(word)) return true;
  // Pipelines of merge requests have no ref to compare with.
  if (!isBranch && !tag) return false;
  const regex = compileRegexLiteral(pattern);
  return regex === undefined ? pattern === ref : regex.test(ref);
};

const pluralOf = (word: string): string => {
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
};
