import type { Keyword } from './keyword.ts';
import { flatten, isBlank, isList, isMap, isNestedListOf } from './node-tests.ts';
import { fail, hasFailed, placeInside } from './place.ts';
import { type RuleDefinition, type RuleScope, readRule } from './rule.ts';
import { JOB_WHENS } from './when.ts';

const rulesLike = (scope: RuleScope, check?: Keyword<unknown>['check']): Keyword<readonly RuleDefinition[]> => ({
  name: 'rules',
  ...(check === undefined ? {} : { check }),
  read: (place) => {
    const { node } = place;
    if (isBlank(node)) fail(place, 'config', "can't be blank");
    if (!isList(node)) fail(place, 'config', 'should be an array');
    if (hasFailed(place)) return undefined;
    return flatten(node).flatMap((item, index) => {
      const rule = readRule(placeInside(place, 'rule', item, item.position, String(index)), scope);
      return rule === undefined ? [] : [rule];
    });
  },
});

const COMMON_KEYS = ['if', 'changes', 'exists', 'when', 'start_in', 'allow_failure', 'variables', 'needs'] as const;
export const JOB_RULE_KEYS = [...COMMON_KEYS, 'interruptible'] as const;
export const WORKFLOW_RULE_KEYS = [...COMMON_KEYS, 'auto_cancel'] as const;
export const INCLUDE_RULE_KEYS = ['if', 'exists', 'when', 'changes'] as const;
export const JOB_RULE_WHENS: readonly string[] = [...JOB_WHENS, 'never'];
/** In `workflow` and `include`. */
export const PLAIN_RULE_WHENS = ['always', 'never'] as const;

export const jobRulesKeyword = rulesLike(
  {
    keys: JOB_RULE_KEYS,
    whens: JOB_RULE_WHENS,
    use: 'job',
  },
  (job, node) => {
    if (!isNestedListOf(isMap)(node)) fail(job, 'rules', 'should be an array containing hashes and arrays of hashes');
  },
);

/** `start_in`, `allow_failure` and `needs` are allowed and mean nothing, as in GitLab. */
export const workflowRulesKeyword = rulesLike({
  keys: WORKFLOW_RULE_KEYS,
  whens: PLAIN_RULE_WHENS,
  use: 'workflow',
});

export const includeRulesKeyword = rulesLike({
  keys: INCLUDE_RULE_KEYS,
  whens: PLAIN_RULE_WHENS,
  use: 'include',
});
