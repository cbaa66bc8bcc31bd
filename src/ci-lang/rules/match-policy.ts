import type { PipelineFacts } from '../compile-types.ts';
import { compileRegexLiteral, evaluate } from '../expressions/index.ts';
import type { Policy } from '../keywords/policy.ts';
import { policyChangesHold } from './match-paths.ts';
import type { RuleContext } from './rule-context.ts';

/** Every category of `only` must hold. */
export const onlyHolds = async (policy: Policy, facts: PipelineFacts, context: RuleContext): Promise<boolean> => {
  const { refs, variables, changes, kubernetes } = policy;
  if (refs !== undefined && !refsHold(refs, facts, context)) return false;
  if (variables !== undefined && !variablesHold(variables, context)) return false;
  if (changes !== undefined && !(await policyChangesHold(changes, context))) return false;
  // There are no clusters to ask.
  return kubernetes === undefined;
};

/** Any category of `except` is enough. */
export const exceptHolds = async (policy: Policy, facts: PipelineFacts, context: RuleContext): Promise<boolean> => {
  const { refs, variables, changes } = policy;
  if (refs !== undefined && refsHold(refs, facts, context)) return true;
  if (variables !== undefined && variablesHold(variables, context)) return true;
  return changes !== undefined && (await policyChangesHold(changes, context));
};

const variablesHold = (expressions: NonNullable<Policy['variables']>, context: RuleContext): boolean =>
  expressions.some(({ expression }) => evaluate(expression, context.variables.raw));

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
