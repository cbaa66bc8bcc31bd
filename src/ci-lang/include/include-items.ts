import { configError, diagnosticAt } from '../config-error.ts';
import { isBlank, isList, isMap, isNull, isText } from '../keywords/node-tests.ts';
import { isUnsupported, unsupportedMessage } from '../unsupported-keywords.ts';
import {
  buildEntry,
  buildMap,
  buildText,
  type PlainValue,
  toPlain,
  type YamlMap,
  type YamlNode,
} from '../yaml/index.ts';
import { type IncludeContext, maskSecrets } from './include-context.ts';

/** Kinds of include in GitLab's order. */
const KINDS: readonly string[] = ['local', 'project', 'remote', 'template', 'artifact', 'component'];

const KEYS: readonly string[] = [...KINDS, 'file', 'ref', 'integrity', 'cache', 'inputs', 'job', 'rules'];

/** The includes of one file, each as a map; a text is a short form of one. */
export const readIncludeItems = (map: YamlMap, context: IncludeContext): readonly YamlMap[] => {
  const value = map.byName.get('include')?.value;
  if (value === undefined) return [];
  const items = isList(value) ? value.items : [value];
  return items.filter((item) => !isNull(item)).map((item) => asMap(item, context));
};

/** Variables in a text are put in before it is looked at: they may decide what kind it is. */
const asMap = (item: YamlNode, context: IncludeContext): YamlMap => {
  if (isMap(item)) return item;
  if (!isText(item)) throw configError('Each include must be a hash or a string', item.position, ['include']);
  const location = context.rules.variables.expandRawBlank(item.text);
  const kind = /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? 'remote' : 'local';
  const { position } = item;
  return buildMap(position, [buildEntry(buildText(position, kind), buildText(position, location))]);
};

/** Refuses what is not exactly one kind of include, and kinds that are not supported. */
export const checkIncludeKind = (item: YamlMap, context: IncludeContext): void => {
  const kinds = KINDS.filter((kind) => {
    const value = item.byName.get(kind)?.value;
    return value !== undefined && !isBlank(value);
  });
  const valid = `\`${KINDS.join('`, `')}\``;
  const refuse = (message: string) => configError(maskSecrets(message, context.secrets), item.position, ['include']);
  if (kinds.length === 0) {
    const shown = JSON.stringify(asJson(toPlain(item)));
    throw refuse(`\`${shown}\` does not have a valid subkey for include. Valid subkeys are: ${valid}`);
  }
  if (kinds.length > 1) throw refuse(`Each include must use only one of: ${valid}`);
  for (const { name, key, value } of item.entries) {
    if (name === undefined || !isUnsupported('include', name) || isBlank(value)) continue;
    throw configError(unsupportedMessage(`include:${name}`), key.position, ['include', name]);
  }
  warnOfUnknownKeys(item, context);
};

/** GitLab never looks at them; they are most likely misspelt. */
const warnOfUnknownKeys = (item: YamlMap, context: IncludeContext): void => {
  const unknown = item.entries.flatMap(({ name }) => (name === undefined || KEYS.includes(name) ? [] : [name]));
  if (unknown.length === 0) return;
  const message = `include config contains unknown keys: ${unknown.join(', ')}`;
  context.warnings.push(diagnosticAt('warning', message, item.position, ['include']));
};

const asJson = (value: PlainValue): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, asJson(inner)]));
  if (Array.isArray(value)) return value.map(asJson);
  return isReference(value) ? value.shown : value;
};

const isReference = (value: PlainValue): value is Extract<PlainValue, { readonly kind: 'reference' }> =>
  typeof value === 'object' && value !== null && 'kind' in value;
