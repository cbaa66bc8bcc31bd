import type { YamlNode } from '../yaml/index.ts';
import type { InputDefinition, InputType } from './input-definition.ts';
import { isSameValue } from './input-value.ts';
import { valueText } from './value-text.ts';

/**
 * What is wrong with a value of its type, in GitLab's words and order. `role`: where it comes from. `options`: of the
 * input, or of its rule that matched.
 */
export const validateValue = (
  value: YamlNode,
  role: 'default' | 'provided',
  type: InputType,
  input: InputDefinition,
  options: readonly YamlNode[] | undefined,
): readonly string[] => [
  ...checkType(value, role, type),
  ...(options === undefined ? [] : checkOptions(value, type, options)),
  ...(input.regex === undefined ? [] : checkRegex(value, role, type, input.regex)),
];

const KINDS: Readonly<Record<InputType, { readonly noun: string; readonly holds: (value: YamlNode) => boolean }>> = {
  array: { noun: 'an array', holds: ({ kind }) => kind === 'seq' },
  boolean: { noun: 'a boolean', holds: (value) => value.kind === 'scalar' && typeof value.value === 'boolean' },
  number: { noun: 'a number', holds: (value) => value.kind === 'scalar' && typeof value.value === 'number' },
  string: { noun: 'a string', holds: () => true },
};

const checkType = (value: YamlNode, role: string, type: InputType): readonly string[] =>
  KINDS[type].holds(value) ? [] : [`${role} value is not ${KINDS[type].noun}`];

const checkOptions = (value: YamlNode, type: InputType, options: readonly YamlNode[]): readonly string[] => {
  const reason = 'cannot be used because it is not in the list of';
  switch (type) {
    case 'boolean':
      return ['Options can only be used with string and number inputs'];
    case 'string': {
      const text = valueText(value);
      return options.some((option) => valueText(option) === text) ? [] : [`\`${text}\` ${reason} allowed options`];
    }
    case 'number':
      if (value.kind === 'scalar' && value.type === 'null') return [];
      if (options.some((option) => isSameValue(option, value))) return [];
      return [`\`${valueText(value)}\` ${reason} the allowed options`];
    case 'array': {
      const items = value.kind === 'seq' ? value.items : [];
      const unknown = items.filter((item) => !options.some((option) => isSameValue(option, item)));
      return unknown.length === 0 ? [] : [`${unknown.map(valueText).join(', ')} ${reason} allowed options`];
    }
  }
};

const checkRegex = (
  value: YamlNode,
  role: string,
  type: InputType,
  regex: NonNullable<InputDefinition['regex']>,
): readonly string[] => {
  if (type !== 'string') return ['RegEx validation can only be used with string inputs'];
  if (regex === 'invalid') return ['invalid regular expression'];
  return regex.test(valueText(value)) ? [] : [`${role} value does not match required RegEx pattern`];
};
