import { definedOnly } from '../defined-only.ts';
import { compileRegexLiteral, type Expression, parseExpression } from '../expressions/index.ts';
import type { YamlMap, YamlNode, YamlSeq } from '../yaml/index.ts';
import { allowKeys, beOneOf, checkKey, should } from './checks.ts';
import type { Keyword } from './keyword.ts';
import { isBlank, isList, isListOf, isMap, isText, textsOf } from './node-tests.ts';
import { fail, failWith, givenValue, hasFailed, locationOf, type Place } from './place.ts';

/** `only` or `except`: of each category that is given, one value must hold. */
export interface Policy {
  readonly refs?: readonly string[];
  readonly variables?: readonly { readonly text: string; readonly expression: Expression }[];
  readonly changes?: readonly string[];
  readonly kubernetes?: boolean;
}

export const POLICY_KEYS = ['refs', 'kubernetes', 'variables', 'changes'] as const;

export const DEFAULT_ONLY: Policy = { refs: ['branches', 'tags'] };

/** `only` in its map form keeps `refs: [branches, tags]` unless it has refs of its own; `except` has no default. */
export const onlyKeyword: Keyword<Policy> = {
  name: 'only',
  read: (place) => {
    const policy = readPolicy(place);
    return policy === undefined ? undefined : { ...DEFAULT_ONLY, ...policy };
  },
};

export const exceptKeyword: Keyword<Policy> = { name: 'except', read: (place) => readPolicy(place) };

const looksLikePattern = (text: string): boolean => /^\/.*\/[ismU]*$/m.test(text);

const isRef = (node: YamlNode): boolean =>
  isText(node) && (!looksLikePattern(node.text) || compileRegexLiteral(node.text) !== undefined);

/** Jobs that extend one template have its lists in common, and each may hold thousands of patterns. */
const knownRefs = new WeakMap<YamlNode, readonly string[]>();

const readRefs = (node: YamlNode): readonly string[] => {
  const refs = knownRefs.get(node) ?? (isList(node) ? textsOf(node) : []);
  knownRefs.set(node, refs);
  return refs;
};

const beRefs = {
  holds: (node: YamlNode): boolean => knownRefs.has(node) || isListOf(isRef)(node),
  message: 'should be an array of strings or regular expressions using re2 syntax',
};

const readPolicy = (place: Place): Policy | undefined => {
  const { node } = place;
  if (isList(node)) {
    if (!beRefs.holds(node)) fail(place, 'config', beRefs.message);
    return hasFailed(place) ? undefined : { refs: readRefs(node) };
  }
  if (!isMap(node)) {
    failWith(place, `${locationOf(place)} has to be either an array of conditions or a hash`);
    return undefined;
  }
  return readMap(place, node);
};

const readMap = (place: Place, map: YamlMap): Policy | undefined => {
  if (isBlank(map)) fail(place, 'config', "can't be blank");
  allowKeys(place, map, POLICY_KEYS);
  const variables = readExpressions(place, givenValue(map, 'variables'));
  checkKey(place, map, 'refs', beRefs);
  const kubernetes = givenValue(map, 'kubernetes');
  const shown = kubernetes?.kind === 'scalar' ? kubernetes.text : '';
  checkKey(place, map, 'kubernetes', beOneOf(['active'], `unknown value: ${shown}`));
  checkKey(place, map, 'variables', should.beTexts);
  checkKey(place, map, 'changes', should.beTexts);
  if (hasFailed(place)) return undefined;
  const refs = map.byName.get('refs')?.value;
  const changes = givenValue(map, 'changes');
  return definedOnly({
    // Null refs are no refs: nothing matches.
    refs: refs === undefined ? undefined : readRefs(refs),
    variables,
    changes: changes === undefined ? undefined : textsOf(changes),
    kubernetes: kubernetes === undefined ? undefined : true,
  });
};

const knownExpressions = new WeakMap<YamlNode, NonNullable<Policy['variables']>>();

const readExpressions = (place: Place, node: YamlNode | undefined): Policy['variables'] => {
  if (node === undefined || !isList(node)) return undefined;
  const known = knownExpressions.get(node);
  if (known !== undefined) return known;
  const read = parseExpressions(place, node);
  if (read.length === node.items.length) knownExpressions.set(node, read);
  return read;
};

const parseExpressions = (place: Place, node: YamlSeq): NonNullable<Policy['variables']> =>
  node.items.flatMap((item) => {
    const text = item.kind === 'scalar' ? item.text : '';
    const parsed = parseExpression(text);
    if (parsed.ok) return [{ text, expression: parsed.ast }];
    fail(place, 'variables', 'Invalid expression syntax', `${parsed.error} (column ${parsed.column} of \`${text}\`)`);
    return [];
  });
