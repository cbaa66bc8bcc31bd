import { LIMITS } from '../limits.ts';
import type { YamlMap, YamlNode, YamlScalar, YamlSeq } from '../yaml/index.ts';

export const isMap = (node: YamlNode): node is YamlMap => node.kind === 'map';
export const isList = (node: YamlNode): node is YamlSeq => node.kind === 'seq';
const isScalar = (node: YamlNode): node is YamlScalar => node.kind === 'scalar';
export const isNull = (node: YamlNode): boolean => isScalar(node) && node.type === 'null';
/** Text, but not a symbol: what GitLab calls a string. */
export const isText = (node: YamlNode): node is YamlScalar => isScalar(node) && node.type === 'text';
/** Most lists of strings take symbols (`:a`) too. */
export const isTextOrSymbol = (node: YamlNode): node is YamlScalar =>
  isScalar(node) && (node.type === 'text' || node.type === 'symbol');
export const isBoolean = (node: YamlNode): node is YamlScalar => isScalar(node) && node.type === 'boolean';
export const isInteger = (node: YamlNode): node is YamlScalar => isScalar(node) && node.type === 'integer';
export const isNumber = (node: YamlNode): node is YamlScalar =>
  isScalar(node) && (node.type === 'integer' || node.type === 'float');
/** A value that a variable may have. */
export const isVariableValue = (node: YamlNode): node is YamlScalar => isScalar(node) && node.type !== 'null';

/** Ruby's `blank?`: null, false, white space, an empty list or map. */
export const isBlank = (node: YamlNode): boolean => {
  if (isMap(node)) return node.entries.length === 0;
  if (isList(node)) return node.items.length === 0;
  if (!isScalar(node)) return false;
  if (node.type === 'text' || node.type === 'symbol') return /^\s*$/.test(node.text);
  return node.value === null || node.value === false;
};

/** GitLab asks any value for its length: a text has as many items as characters. */
export const lengthOf = (node: YamlNode): number => {
  if (isMap(node)) return node.entries.length;
  if (isList(node)) return node.items.length;
  return isScalar(node) ? node.text.length : 0;
};

export const isListOf =
  (test: (node: YamlNode) => boolean) =>
  (node: YamlNode): boolean =>
    isList(node) && node.items.every(test);

export const isTextList = isListOf(isTextOrSymbol);

/** A list whose elements, or those of lists inside it up to ten levels deep, pass the test. */
export const isNestedListOf =
  (test: (node: YamlNode) => boolean) =>
  (node: YamlNode): boolean => {
    const sound = (inner: YamlNode, level: number): boolean => {
      if (test(inner)) return true;
      return level > 0 && isList(inner) && inner.items.every((item) => sound(item, level - 1));
    };
    return isList(node) && sound(node, LIMITS.nestedArrays);
  };

/** The elements of a list and of the lists inside it; anything else is a list of itself. */
export const flatten = (node: YamlNode): readonly YamlNode[] => (isList(node) ? node.items.flatMap(flatten) : [node]);

/** The texts of a list, or of one text. */
export const textsOf = (node: YamlNode): readonly string[] =>
  flatten(node).flatMap((item) => (isScalar(item) ? [item.text] : []));

/** The integers of a list, or of one integer. */
export const integersOf = (node: YamlNode): readonly number[] =>
  flatten(node).flatMap((item) => (isScalar(item) && typeof item.value === 'number' ? [item.value] : []));
