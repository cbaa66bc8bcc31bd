import { definedOnly } from '../defined-only.ts';
import { type Expression, parseExpression } from '../expressions/index.ts';
import { allowKeys, checkKey, checkValue, should } from '../keywords/checks.ts';
import { isBlank, isMap, isText } from '../keywords/node-tests.ts';
import {
  fail,
  failWith,
  givenValue,
  hasFailed,
  locationOf,
  type Place,
  placeInside,
  placeOfEntry,
} from '../keywords/place.ts';
import { LIMITS } from '../limits.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/index.ts';
import type { InputRule } from './input-definition.ts';
import { isSameValue } from './input-value.ts';
import { valueText } from './value-text.ts';

export const INPUT_RULE_KEYS = ['if', 'options', 'default'] as const;

/** `spec:inputs:NAME:rules`. */
export const readInputRules = (input: Place, entry: YamlEntry): readonly InputRule[] => {
  const place = placeOfEntry(input, entry);
  checkValue(place, should.beList);
  if (entry.value.kind !== 'seq') return [];
  return entry.value.items.flatMap((item, index) => {
    const at = placeInside(place, 'rule', item, item.position, String(index));
    const rule = readRule(at);
    nameInput(at, input.label);
    return rule ?? [];
  });
};

/** GitLab's messages name the input of a rule, not its place. */
const nameInput = ({ own }: Place, name: string): void => {
  for (const [index, { message, ...rest }] of own.entries()) {
    const text = message.replace(/^.*?:rules:rule (?:config )?/, '');
    own[index] = { ...rest, message: `\`${name.toLowerCase()}\` input: ${text}` };
  }
};

const readRule = (place: Place): InputRule | undefined => {
  const { node } = place;
  if (isBlank(node)) fail(place, 'config', "can't be blank");
  checkValue(place, should.beMap);
  if (!isMap(node)) return undefined;
  allowKeys(place, node, INPUT_RULE_KEYS);
  const condition = readCondition(place, node);
  checkKey(place, node, 'options', should.beList);
  if (!hasFailed(place)) checkOptions(place, node);
  if (hasFailed(place)) return undefined;
  return definedOnly({ if: condition, options: optionsOf(node), default: node.byName.get('default')?.value });
};

/** Must be text: a bare `true` is no expression. */
const readCondition = (place: Place, map: YamlMap): Expression | undefined => {
  const node = givenValue(map, 'if');
  if (node === undefined) return undefined;
  const parsed = isText(node) ? parseExpression(node.text) : undefined;
  if (parsed?.ok === true) return parsed.ast;
  const hint = parsed === undefined ? undefined : `${parsed.error} (column ${parsed.column} of the expression)`;
  fail(place, 'if', 'Invalid expression syntax', hint);
  return undefined;
};

const optionsOf = (map: YamlMap): readonly YamlNode[] | undefined => {
  const options = givenValue(map, 'options');
  return options?.kind === 'seq' ? options.items : undefined;
};

/** A rule always names a default, and where it names options the default is one of them. */
const checkOptions = (place: Place, map: YamlMap): void => {
  const options = optionsOf(map) ?? [];
  const fallback = map.byName.get('default')?.value;
  const most = LIMITS.inputOptions;
  if (options.length > most) fail(place, 'config', `cannot define more than ${most} options`);
  const problem = (text: string) => failWith(place, `${locationOf(place)} ${text}`.toLowerCase());
  if (fallback === undefined) problem("rule must define 'options' with at least one value and a 'default'");
  else if (options.length > 0 && !options.some((option) => isSameValue(option, fallback))) {
    problem(`default '${valueText(fallback)}' must be one of the options`);
  }
};
