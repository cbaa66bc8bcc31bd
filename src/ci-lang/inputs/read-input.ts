import { definedOnly } from '../defined-only.ts';
import { compileRegex } from '../expressions/index.ts';
import { allowKeys, allowOnlyOneOf } from '../keywords/checks.ts';
import { isInteger, isList, isMap, isNull, isText, isTextOrSymbol } from '../keywords/node-tests.ts';
import {
  fail,
  failAt,
  givenEntry,
  givenValue,
  hasFailed,
  labelOfEntry,
  locationOf,
  type Place,
  placeInside,
} from '../keywords/place.ts';
import { LIMITS } from '../limits.ts';
import { suggestName } from '../suggest-name.ts';
import { buildMap, inspectNode, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/index.ts';
import { INPUT_TYPES, type InputDefinition, type InputType } from './input-definition.ts';
import { readInputRules } from './read-input-rules.ts';

/** What inputs of files and of jobs have in common. */
export const JOB_INPUT_KEYS = ['default', 'description', 'options', 'regex', 'type'] as const;

export const SPEC_INPUT_KEYS = [...JOB_INPUT_KEYS, 'rules'] as const;

/** The place of an input; without a value it is an empty map. */
export const placeOfInput = (inputs: Place, entry: YamlEntry): Place => {
  const node = isNull(entry.value) ? buildMap(entry.value.position, []) : entry.value;
  return placeInside(inputs, labelOfEntry(entry), node, entry.key.position);
};

/** One entry of `spec:inputs`; without a value it is a text that must be given. */
export const readInput = (inputs: Place, entry: YamlEntry): InputDefinition | undefined =>
  readInputAt(placeOfInput(inputs, entry), entry, SPEC_INPUT_KEYS);

/** `keys`: those that are allowed here. */
export const readInputAt = (place: Place, entry: YamlEntry, keys: readonly string[]): InputDefinition | undefined => {
  const { node } = place;
  const name = labelOfEntry(entry);
  if (!isAlphanumeric(entry.key)) fail(place, 'key', 'must be an alphanumeric string');
  if (!isMap(node)) {
    fail(place, 'config', 'should be a hash');
    return undefined;
  }
  checkInput(place, node, keys);
  if (hasFailed(place)) return undefined;
  const rules = givenEntry(node, 'rules');
  const options = givenValue(node, 'options');
  return {
    ...definedOnly({
      default: node.byName.get('default')?.value,
      options: options?.kind === 'seq' ? options.items : undefined,
      regex: readRegex(node),
      rules: rules === undefined ? undefined : readInputRules(place, rules),
    }),
    name,
    type: readType(node),
    position: place.position,
  };
};

const isAlphanumeric = (node: YamlNode): boolean => isTextOrSymbol(node) || isInteger(node);

const checkInput = (place: Place, node: YamlMap, keys: readonly string[]): void => {
  checkKey(place, node, 'description', isAlphanumeric, 'must be an alphanumeric string');
  checkKey(place, node, 'regex', isText, 'should be a string');
  checkType(place, node);
  checkKey(place, node, 'options', isList, 'should be an array');
  const options = givenValue(node, 'options');
  if (options?.kind === 'seq') {
    const most = LIMITS.inputOptions;
    if (options.items.length > most) fail(place, 'config', `cannot define more than ${most} options`);
    if (options.items.some(isNull)) fail(place, 'config', 'options array cannot contain null values');
  }
  allowKeys(place, node, keys);
  if (!keys.includes('rules')) return;
  allowOnlyOneOf(place, node, ['rules', 'options']);
  allowOnlyOneOf(place, node, ['rules', 'default']);
};

const checkKey = (
  place: Place,
  node: YamlMap,
  name: string,
  isSound: (value: YamlNode) => boolean,
  message: string,
): void => {
  const entry = givenEntry(node, name);
  if (entry !== undefined && !isSound(entry.value)) failInput(place, entry, message);
};

const failInput = (place: Place, entry: YamlEntry, message: string, hint?: string): void =>
  failAt(place, `${locationOf(place)} input ${labelOfEntry(entry)} ${message}`.toLowerCase(), entry, hint);

const checkType = (place: Place, node: YamlMap): void => {
  const entry = givenEntry(node, 'type');
  if (entry === undefined) return;
  const text = entry.value.kind === 'scalar' ? entry.value.text : inspectNode(entry.value, 'symbols');
  if (isTypeName(text)) return;
  const meant = suggestName(text, INPUT_TYPES);
  const types = `The types are ${INPUT_TYPES.join(', ')}.`;
  failInput(place, entry, `unknown value: ${text}`, meant === undefined ? types : `Did you mean \`${meant}\`?`);
};

const isTypeName = (text: string): text is InputType => INPUT_TYPES.some((type) => type === text);

const readType = (node: YamlMap): InputType | undefined => {
  const type = node.byName.get('type');
  if (type === undefined) return 'string';
  return type.value.kind === 'scalar' && isTypeName(type.value.text) ? type.value.text : undefined;
};

/** Written without slashes: those would be part of the pattern. */
const readRegex = (node: YamlMap): InputDefinition['regex'] => {
  const regex = givenValue(node, 'regex');
  return regex?.kind === 'scalar' ? (compileRegex(regex.text) ?? 'invalid') : undefined;
};
