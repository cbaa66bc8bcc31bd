import { type ConfigError, configError, diagnosticAt, refuse } from '../config-error.ts';
import { LIMITS } from '../limits.ts';
import { suggestName } from '../suggest-name.ts';
import { buildEntry, buildMap, inspectNode, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/index.ts';
import { deepMerge, newMergeBudget } from './deep-merge.ts';

/** A key with its parents merged in, and how many generations of `extends` stand above it. */
interface Extended {
  readonly map: YamlMap;
  readonly height: number;
}

/**
 * Merges into every key of the root the keys that it `extends`: parents from left to right, then its own content.
 * Each key is merged once, however many others extend it.
 */
export const extendKeys = (config: YamlMap): YamlMap => {
  const budget = newMergeBudget();
  const done = new Map<YamlEntry, Extended>();

  const extend = (entry: YamlEntry, ancestors: readonly YamlEntry[]): Extended => {
    const own = extensibleMap(entry);
    if (own === undefined) return { map: mapOf(entry.value, config), height: -1 };
    const known = done.get(entry);
    if (known !== undefined && ancestors.length + known.height <= LIMITS.extendsAncestors) return known;
    const parents = findParents(config, entry, own);
    if (ancestors.length > LIMITS.extendsAncestors) throw refusal(entry, own, 'nesting too deep in `extends`');
    if (ancestors.includes(entry)) throw refusal(entry, own, 'circular dependency detected in `extends`');
    const extended = parents.map((parent) => extend(parent, [...ancestors, entry]));
    const merged = extended.reduce((map, parent) => deepMerge(map, parent.map, budget), emptyLike(own));
    const height = extended.reduce((most, parent) => Math.max(most, parent.height + 1), 0);
    const result = { map: deepMerge(merged, own, budget), height };
    done.set(entry, result);
    return result;
  };

  return buildMap(
    config.position,
    config.entries.map((entry) =>
      extensibleMap(entry) === undefined ? entry : buildEntry(entry.key, extend(entry, []).map),
    ),
  );
};

const emptyLike = (map: YamlMap): YamlMap => buildMap(map.position, []);

const mapOf = (node: YamlNode, fallback: YamlMap): YamlMap => (node.kind === 'map' ? node : emptyLike(fallback));

const extensibleMap = ({ value }: YamlEntry): YamlMap | undefined =>
  value.kind === 'map' && value.byName.has('extends') ? value : undefined;

const labelOf = ({ name, key }: YamlEntry): string => name ?? (key.kind === 'scalar' ? key.text : key.kind);

const refusal = (entry: YamlEntry, map: YamlMap, what: string): ConfigError => {
  const at = map.byName.get('extends')?.value.position ?? map.position;
  return configError(`${labelOf(entry)}: ${what}`, at, [labelOf(entry), 'extends']);
};

/** One name or a list of names; anything in it is taken by its text. */
const parentNames = (map: YamlMap): readonly string[] => {
  const value = map.byName.get('extends')?.value;
  if (value === undefined || (value.kind === 'scalar' && value.type === 'null')) return [];
  const items = value.kind === 'seq' ? value.items : [value];
  return items.map((item) => (item.kind === 'scalar' ? item.text : inspectNode(item, 'symbols')));
};

const findParents = (config: YamlMap, entry: YamlEntry, map: YamlMap): readonly YamlEntry[] => {
  const names = parentNames(map);
  const unknown = names.filter((name) => !config.byName.has(name));
  if (unknown.length > 0) refuseUnknown(config, entry, map, unknown);
  const parents = names.flatMap((name) => config.byName.get(name) ?? []);
  const invalid = parents.filter(({ value }) => value.kind !== 'map');
  if (invalid.length > 0) {
    throw refusal(entry, map, `invalid base hashes in \`extends\` (${invalid.map(labelOf).join(', ')})`);
  }
  return parents;
};

const refuseUnknown = (config: YamlMap, entry: YamlEntry, map: YamlMap, unknown: readonly string[]): void => {
  const known = [...config.byName.keys()];
  const meant = unknown.flatMap((name) => suggestName(name, known) ?? []);
  const at = map.byName.get('extends')?.value.position ?? map.position;
  const message = `${labelOf(entry)}: unknown keys in \`extends\` (${unknown.join(', ')})`;
  const diagnostic = diagnosticAt('error', message, at, [labelOf(entry), 'extends']);
  refuse([meant.length === 0 ? diagnostic : { ...diagnostic, hint: `Did you mean \`${meant.join('`, `')}\`?` }]);
};
