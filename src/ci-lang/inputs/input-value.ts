import { buildText, floatText, type SourcePosition, type YamlNode, type YamlScalar } from '../yaml/index.ts';
import { buildData, TooDeepError } from './build-data.ts';
import type { InputType } from './input-definition.ts';
import { valueText } from './value-text.ts';

/** Whether Ruby's `==` holds. Lists and maps are never equal. */
export const isSameValue = (one: YamlNode, other: YamlNode): boolean => {
  if (one.kind !== 'scalar' || other.kind !== 'scalar') return false;
  if (typeof one.value === 'number' && typeof other.value === 'number') return one.value === other.value;
  return one.type === other.type && one.text === other.text;
};

/**
 * The value as an input of this type takes it: one of texts makes a text of everything, the others read text as JSON
 * (`"8"` is the number 8). What is no JSON stays a text.
 */
export const coerceValue = (value: YamlNode, type: InputType): YamlNode => {
  if (type === 'string') return asText(value);
  if (value.kind !== 'scalar' || value.type !== 'text') return value;
  return parseJson(value.text, value.position) ?? value;
};

const asText = (value: YamlNode): YamlNode =>
  value.kind === 'scalar' && value.type === 'text' ? value : buildText(value.position, valueText(value));

const parseJson = (text: string, position: SourcePosition): YamlNode | undefined => {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'number' ? readNumber(text.trim(), data, position) : buildData(data, position);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TooDeepError) return undefined;
    throw error;
  }
};

/** Keeps all digits of an integer, and `1.0` a float. */
const readNumber = (written: string, value: number, position: SourcePosition): YamlNode => {
  const integer: YamlScalar = { kind: 'scalar', position, type: 'integer', value, text: String(value) };
  if (/^-?\d+$/.test(written)) return { ...integer, text: written === '-0' ? '0' : written };
  return { ...integer, type: 'float', text: floatText(value) };
};
