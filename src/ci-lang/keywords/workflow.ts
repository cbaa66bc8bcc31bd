import type { AutoCancel } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { LIMITS } from '../limits.ts';
import type { SourcePosition } from '../yaml/index.ts';
import { autoCancelKeyword } from './auto-cancel.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isMap } from './node-tests.ts';
import { fail, givenValue, hasFailed } from './place.ts';
import type { RuleDefinition } from './rule.ts';
import { workflowRulesKeyword } from './rules.ts';

export interface WorkflowDefinition {
  /** Not expanded. */
  readonly name?: string;
  readonly rules?: readonly RuleDefinition[];
  readonly autoCancel?: Partial<AutoCancel>;
  /** The key stands there, even with null: jobs then have no implicit `only`. */
  readonly hasRules: boolean;
  readonly position: SourcePosition;
}

export const WORKFLOW_KEYS = ['rules', 'name', 'auto_cancel'] as const;

export const workflowKeyword: Keyword<WorkflowDefinition> = {
  name: 'workflow',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    allowKeys(place, node, WORKFLOW_KEYS);
    checkKey(place, node, 'name', should.beText);
    const name = givenValue(node, 'name');
    if (name?.kind === 'scalar' && name.text.length > LIMITS.workflowNameLength) {
      fail(place, 'name', `is too long (maximum is ${LIMITS.workflowNameLength} characters)`);
    }
    if (hasFailed(place)) return undefined;
    return {
      hasRules: node.byName.has('rules'),
      position: place.position,
      ...definedOnly({
        name: name?.kind === 'scalar' ? name.text : undefined,
        rules: readKeyword(place, node, workflowRulesKeyword),
        autoCancel: readKeyword(place, node, autoCancelKeyword),
      }),
    };
  },
};
