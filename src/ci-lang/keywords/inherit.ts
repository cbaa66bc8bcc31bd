import { allowKeys, checkValue, should } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Keyword, readKeyword } from './keyword.ts';
import { isBoolean, isList, isMap, isTextList, textsOf } from './node-tests.ts';
import { fail, failWith, hasFailed, locationOf } from './place.ts';

/** All, none, or those named. */
export type Inheritance = boolean | readonly string[];

export interface InheritDefinition {
  readonly default: Inheritance;
  readonly variables: Inheritance;
}

export const INHERIT_ALL: InheritDefinition = { default: true, variables: true };

export const inherits = (inheritance: Inheritance, name: string): boolean =>
  typeof inheritance === 'boolean' ? inheritance : inheritance.includes(name);

/** What `default` may hold. */
export const DEFAULT_KEYS = [
  'before_script',
  'after_script',
  'hooks',
  'cache',
  'image',
  'services',
  'interruptible',
  'timeout',
  'retry',
  'tags',
  'artifacts',
  'id_tokens',
] as const;

export const INHERIT_KEYS = ['default', 'variables'] as const;

const inheritanceOf = (name: string, allowed?: readonly string[]): Keyword<Inheritance> => ({
  name,
  read: (place) => {
    const { node } = place;
    if (isBoolean(node)) return node.value === true;
    if (!isList(node)) {
      failWith(place, `${locationOf(place)} should be a bool or array of strings`);
      return undefined;
    }
    if (!isTextList(node)) fail(place, 'config', should.beTexts.message);
    const names = textsOf(node);
    const unknown = allowed === undefined ? [] : names.filter((item) => !allowed.includes(item));
    if (unknown.length > 0) {
      fail(place, 'config', `contains unknown values: ${unknown.join(', ')}`, didYouMean(unknown, allowed ?? []));
    }
    return hasFailed(place) ? undefined : names;
  },
});

const inheritDefault = inheritanceOf('default', DEFAULT_KEYS);
const inheritVariables = inheritanceOf('variables');

export const inheritKeyword: Keyword<InheritDefinition> = {
  name: 'inherit',
  read: (place) => {
    const { node } = place;
    checkValue(place, should.beMap);
    if (!isMap(node)) return undefined;
    allowKeys(place, node, INHERIT_KEYS);
    if (hasFailed(place)) return undefined;
    return {
      default: readKeyword(place, node, inheritDefault) ?? true,
      variables: readKeyword(place, node, inheritVariables) ?? true,
    };
  },
};
