import type { CompiledVariable } from '../compiled.ts';
import type { YamlMap } from '../yaml/index.ts';
import { checkValue, keyNames, type Requirement, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isInteger, isMap, isNull, isTextList, isTextOrSymbol, isVariableValue } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, type Place, placeOfEntry } from './place.ts';

/** The same key given twice in a list: the last counts. */
export type VariableDefinition = CompiledVariable;

const beScalar: Requirement = { holds: isVariableValue, message: 'must be a scalar' };
const beAlphanumeric: Requirement = {
  holds: (node) => isTextOrSymbol(node) || isInteger(node),
  message: 'must be an alphanumeric string',
};

/** `data`: the keys of the map form (`{value: …}`) that are allowed here; none = plain values only. */
const variablesLike = (data: readonly string[]): Keyword<readonly VariableDefinition[]> => ({
  name: 'variables',
  read: (place) => {
    checkValue(place, should.beMap);
    if (!isMap(place.node)) return undefined;
    return place.node.entries.flatMap((entry) => {
      const key = entry.name ?? (entry.key.kind === 'scalar' ? entry.key.text : '');
      const inner = placeOfEntry(place, entry);
      const keyIsSound = entry.name !== undefined || isInteger(entry.key);
      const value = readVariable(inner, keyIsSound, data);
      return value === undefined ? [] : [{ key, ...value }];
    });
  },
});

/** Of the map form of a variable. */
export const ROOT_VARIABLE_KEYS = ['value', 'description', 'expand', 'options'] as const;
export const JOB_VARIABLE_KEYS = ['value', 'expand'] as const;

export const rootVariablesKeyword = variablesLike(ROOT_VARIABLE_KEYS);
export const jobVariablesKeyword = variablesLike(JOB_VARIABLE_KEYS);
export const plainVariablesKeyword = variablesLike([]);

type VariableValue = Omit<VariableDefinition, 'key'>;

const readVariable = (place: Place, keyIsSound: boolean, data: readonly string[]): VariableValue | undefined => {
  const { node } = place;
  const plain = isVariableValue(node);
  if (!plain && !isMap(node) && !isNull(node)) {
    failWith(place, 'variable definition must be either a string or a hash');
    return undefined;
  }
  if (!keyIsSound) fail(place, 'key', 'must be an alphanumeric string');
  if (plain) return { value: node.text };
  if (isMap(node)) checkData(place, node, data);
  // Null is an empty map for GitLab: an empty value where maps are allowed.
  else if (data.length === 0) fail(place, 'config', 'must be a string');
  if (hasFailed(place)) return undefined;
  return isMap(node) ? valueOf(node) : { value: '' };
};

const checkData = (place: Place, map: YamlMap, data: readonly string[]): void => {
  requireData(place, map, 'value', beScalar);
  requireData(place, map, 'description', beAlphanumeric);
  requireData(place, map, 'expand', should.beBoolean);
  requireData(place, map, 'options', should.beTexts);
  if (data.length === 0) {
    fail(place, 'config', 'must be a string');
  } else {
    const others = keyNames(map).filter((name) => !data.includes(name));
    if (others.length > 0) fail(place, 'config', `uses invalid data keys: ${others.join(', ')}`);
  }
  if (!valueIsAnOption(map)) fail(place, 'config', 'value must be present in options');
};

const requireData = (place: Place, map: YamlMap, name: string, requirement: Requirement): void => {
  const value = givenValue(map, name);
  if (value !== undefined && !requirement.holds(value)) fail(place, `config_${name}`, requirement.message);
};

const valueIsAnOption = (map: YamlMap): boolean => {
  const options = givenValue(map, 'options');
  if (options === undefined || options.kind !== 'seq' || !isTextList(options) || options.items.length === 0)
    return true;
  const value = givenValue(map, 'value');
  if (value === undefined || !isTextOrSymbol(value)) return false;
  return options.items.some((option) => isTextOrSymbol(option) && option.text === value.text);
};

const valueOf = (map: YamlMap): VariableValue => {
  const value = givenValue(map, 'value');
  const text = value?.kind === 'scalar' ? value.text : '';
  const expand = givenValue(map, 'expand');
  return expand?.kind === 'scalar' && expand.value === false ? { value: text, raw: true } : { value: text };
};
