import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { didYouMean } from './did-you-mean.ts';
import {
  isBlank,
  isBoolean,
  isInteger,
  isList,
  isListOf,
  isMap,
  isText,
  isTextList,
  isTextOrSymbol,
  textsOf,
} from './node-tests.ts';
import { fail, failAtKey, givenValue, labelOfEntry, type Place } from './place.ts';

/** What a value must be, with GitLab's words for the case that it is not. */
export interface Requirement {
  readonly holds: (node: YamlNode) => boolean;
  readonly message: string;
  /** How to mend a value for which it does not hold. */
  readonly hint?: (node: YamlNode) => string | undefined;
}

export const should = {
  beText: { holds: isText, message: 'should be a string' },
  beBoolean: { holds: isBoolean, message: 'should be a boolean value' },
  beMap: { holds: isMap, message: 'should be a hash' },
  beList: { holds: isList, message: 'should be an array' },
  beMapOrText: { holds: (node) => isMap(node) || isText(node), message: 'should be a hash or a string' },
  beMapOrBoolean: { holds: (node) => isMap(node) || isBoolean(node), message: 'should be a hash or a boolean value' },
  beTexts: { holds: isTextList, message: 'should be an array of strings' },
  beTextsOrText: {
    holds: (node) => isTextList(node) || isTextOrSymbol(node),
    message: 'should be an array of strings or a string',
  },
  beIntegersOrInteger: {
    holds: (node) => isInteger(node) || isListOf(isInteger)(node),
    message: 'should be an array of integers or an integer',
  },
  bePresent: { holds: (node) => !isBlank(node), message: "can't be blank" },
} as const satisfies Record<string, Requirement>;

/** `message` is GitLab's; it differs from keyword to keyword. */
export const beOneOf = (values: readonly string[], message: string): Requirement => ({
  holds: (node) => isTextOrSymbol(node) && values.includes(node.text),
  message,
  hint: (node) => didYouMean(textsOf(node), values),
});

/** Checks the place's own value. */
export const checkValue = (place: Place, ...requirements: readonly Requirement[]): void => {
  for (const { holds, message, hint } of requirements) {
    if (!holds(place.node)) fail(place, 'config', message, hint?.(place.node));
  }
};

/** Checks a keyword of the place's map, if it is given. */
export const checkKey = (place: Place, map: YamlMap, name: string, ...requirements: readonly Requirement[]): void => {
  const value = givenValue(map, name);
  if (value !== undefined) checkNode(place, name, value, ...requirements);
};

/** Checks the value of one of the place's keywords. */
export const checkNode = (
  place: Place,
  name: string,
  value: YamlNode,
  ...requirements: readonly Requirement[]
): void => {
  for (const { holds, message, hint } of requirements) if (!holds(value)) fail(place, name, message, hint?.(value));
};

/** Names of all keys, in Ruby's text form. */
export const keyNames = (map: YamlMap): readonly string[] => map.entries.map(labelOfEntry);

export const allowKeys = (place: Place, map: YamlMap, allowed: readonly string[], hint?: string): void => {
  const entries = map.entries.filter((entry) => !allowed.includes(labelOfEntry(entry)));
  const [first] = entries;
  if (first === undefined) return;
  const unknown = entries.map(labelOfEntry);
  failAtKey(place, first, `contains unknown keys: ${unknown.join(', ')}`, hint ?? didYouMean(unknown, allowed));
};

/** Keys count even when their value is null. */
export const allowOnlyOneOf = (place: Place, map: YamlMap, names: readonly string[]): void => {
  const present = map.entries.filter(({ name }) => name !== undefined && names.includes(name));
  const [, second] = present;
  if (second === undefined) return;
  failAtKey(place, second, `these keys cannot be used together: ${present.map(labelOfEntry).join(', ')}`);
};

export const requireKeys = (place: Place, map: YamlMap, names: readonly string[]): void => {
  const missing = names.filter((name) => !map.byName.has(name));
  if (missing.length > 0) fail(place, 'config', `missing required keys: ${missing.join(', ')}`);
};
