import type { AutoCancel } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import { type Expression, parseExpression } from '../expressions/index.ts';
import { inspectNode, type SourcePosition, type YamlMap } from '../yaml/index.ts';
import { autoCancelKeyword } from './auto-cancel.ts';
import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { readKeyword } from './keyword.ts';
import type { NeedDefinition } from './need.ts';
import { needsKeyword } from './needs.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place } from './place.ts';
import { type ChangesClause, changesKeyword } from './rule-changes.ts';
import { type ExistsClause, existsKeyword, includeExistsKeyword } from './rule-exists.ts';
import { checkStartIn, startInKeyword } from './start-in.ts';
import { plainVariablesKeyword, type VariableDefinition } from './variables.ts';

/** A rule matches when all of its clauses hold; one without clauses always does. */
export interface RuleDefinition {
  readonly if?: { readonly text: string; readonly expression: Expression };
  readonly changes?: ChangesClause;
  readonly exists?: ExistsClause;
  /** A job's `when`, `never`, or (in `workflow` and `include`) `always`. */
  readonly when?: string;
  /** Seconds; with `when: delayed`. */
  readonly startIn?: number;
  readonly allowFailure?: boolean;
  readonly interruptible?: boolean;
  readonly variables?: readonly VariableDefinition[];
  readonly needs?: readonly NeedDefinition[];
  readonly autoCancel?: Partial<AutoCancel>;
  /** Its keys that have a value. */
  readonly keys: readonly string[];
  readonly position: SourcePosition;
}

export interface RuleScope {
  readonly keys: readonly string[];
  /** What `when` may be. */
  readonly whens: readonly string[];
  readonly use: 'job' | 'workflow' | 'include';
}

const ruleNeedsKeyword = needsKeyword(['job']);

/** One element of `rules`. */
export const readRule = (place: Place, scope: RuleScope): RuleDefinition | undefined => {
  const { node } = place;
  checkValue(place, should.beMap);
  if (isBlank(node)) fail(place, 'config', "can't be blank");
  if (!isMap(node)) return undefined;
  if (scope.use !== 'include') checkDelay(place, node);
  const condition = readCondition(place, node);
  checkKey(place, node, 'allow_failure', should.beBoolean);
  checkKey(place, node, 'interruptible', should.beBoolean);
  checkWhen(place, node, scope.whens);
  allowKeys(place, node, scope.keys);
  if (hasFailed(place)) return undefined;
  return readSoundRule(place, node, scope, condition);
};

const readSoundRule = (
  place: Place,
  map: YamlMap,
  scope: RuleScope,
  condition: RuleDefinition['if'],
): RuleDefinition => {
  const when = givenValue(map, 'when');
  return {
    ...definedOnly({
      if: condition,
      changes: readKeyword(place, map, changesKeyword),
      exists: readKeyword(place, map, scope.use === 'include' ? includeExistsKeyword : existsKeyword),
      variables: readKeyword(place, map, plainVariablesKeyword),
      needs: readKeyword(place, map, ruleNeedsKeyword)?.jobs,
      autoCancel: readKeyword(place, map, autoCancelKeyword),
      when: when?.kind === 'scalar' ? when.text : undefined,
      startIn: readKeyword(place, map, startInKeyword),
      allowFailure: booleanOf(map, 'allow_failure'),
      interruptible: booleanOf(map, 'interruptible'),
    }),
    keys: scope.keys.filter((name) => givenValue(map, name) !== undefined),
    position: place.position,
  };
};

const booleanOf = (map: YamlMap, name: string): boolean | undefined => {
  const value = givenValue(map, name);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
};

/** Must be text: a bare `true` is no expression. */
const readCondition = (place: Place, map: YamlMap): RuleDefinition['if'] => {
  const node = givenValue(map, 'if');
  if (node === undefined) return undefined;
  const parsed = isText(node) ? parseExpression(node.text) : undefined;
  if (isText(node) && parsed?.ok === true) return { text: node.text, expression: parsed.ast };
  const hint = parsed?.ok === false ? `${parsed.error} (column ${parsed.column} of the expression)` : undefined;
  fail(place, 'if', 'Invalid expression syntax', hint);
  return undefined;
};

const checkWhen = (place: Place, map: YamlMap, allowed: readonly string[]): void => {
  const when = givenValue(map, 'when');
  if (when === undefined) return;
  const text = when.kind === 'scalar' ? when.text : inspectNode(when, 'symbols');
  if (when.kind === 'scalar' && allowed.includes(text)) return;
  fail(place, 'when', `unknown value: ${text}`, didYouMean([text], allowed));
};

const isDelayed = (map: YamlMap): boolean => {
  const when = givenValue(map, 'when');
  return when?.kind === 'scalar' && when.text === 'delayed';
};

/** `start_in` belongs to `when: delayed`, and the other way round. */
const checkDelay = (place: Place, map: YamlMap): void => {
  if (!isDelayed(map)) {
    if (map.byName.has('start_in')) fail(place, 'config', 'contains disallowed keys: start_in');
    return;
  }
  const startIn = givenValue(map, 'start_in');
  if (startIn === undefined || isBlank(startIn)) fail(place, 'start_in', "can't be blank");
  checkStartIn(place, startIn);
};
