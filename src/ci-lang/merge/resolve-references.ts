import { type ConfigError, configError } from '../config-error.ts';
import { LIMITS } from '../limits.ts';
import { buildEntry, buildMap, buildSeq, type YamlMap, type YamlNode, type YamlReference } from '../yaml/index.ts';

/** A node without references, with its size and depth when written out. */
interface Resolved {
  readonly node: YamlNode;
  readonly size: number;
  readonly depth: number;
}

/** Levels of lists and maps that a configuration may have after references were put in. */
const MOST_LEVELS = 200;

/**
 * Puts the targets of every `!reference` in their places. Each node is resolved once and shared, and what would grow
 * beyond measure is refused, so this takes time in proportion to the text.
 */
export const resolveReferences = (config: YamlMap): YamlMap => {
  const done = new Map<YamlNode, Resolved>();
  const open = new Set<YamlReference>();

  const resolve = (node: YamlNode, level: number): Resolved => {
    if (node.kind === 'scalar') return { node, size: 1, depth: 0 };
    const known = done.get(node);
    if (known !== undefined) return known;
    if (level > MOST_LEVELS * 4) throw tooBig(node);
    const resolved = node.kind === 'reference' ? resolveTarget(node, level) : resolveInside(node, level);
    if (resolved.size > LIMITS.expandedNodes || resolved.depth > MOST_LEVELS) throw tooBig(node);
    done.set(node, resolved);
    return resolved;
  };

  const resolveInside = (node: Exclude<YamlNode, YamlReference>, level: number): Resolved => {
    if (node.kind === 'scalar') return { node, size: 1, depth: 0 };
    const values = node.kind === 'map' ? node.entries.map(({ value }) => value) : node.items;
    const resolved = values.map((value) => resolve(value, level + 1));
    const size = resolved.reduce((sum, value) => sum + value.size, 1);
    const depth = resolved.reduce((most, value) => Math.max(most, value.depth), 0) + 1;
    if (resolved.every((value, index) => value.node === values[index])) return { node, size, depth };
    if (node.kind === 'seq') {
      const items = resolved.map((value) => value.node);
      return { node: buildSeq(node.position, items), size, depth };
    }
    const entries = node.entries.map((entry, index) => buildEntry(entry.key, resolved[index]?.node ?? entry.value));
    return { node: buildMap(node.position, entries), size, depth };
  };

  const resolveTarget = (reference: YamlReference, level: number): Resolved => {
    if (reference.path === undefined) throw refusal(reference, 'is not valid');
    if (open.has(reference)) throw refusal(reference, 'is part of a circular chain');
    open.add(reference);
    const target = findTarget(config, reference.path);
    const resolved = target === undefined ? undefined : resolve(target, level + 1);
    open.delete(reference);
    if (resolved === undefined || isNothing(resolved.node)) throw refusal(reference, 'could not be found');
    return resolved;
  };

  const { node } = resolve(config, 0);
  return node.kind === 'map' ? node : config;
};

/** Follows the path through what is written: not through lists, not through other references. */
const findTarget = (config: YamlMap, path: readonly string[]): YamlNode | undefined => {
  let node: YamlNode | undefined = config;
  for (const step of path) {
    if (node?.kind !== 'map') return undefined;
    node = node.byName.get(step)?.value;
  }
  return node;
};

/** Null and false count as missing. */
const isNothing = (node: YamlNode): boolean => node.kind === 'scalar' && (node.value === null || node.value === false);

const refusal = (reference: YamlReference, what: string): ConfigError =>
  configError(`${reference.shown} ${what}`, reference.position, []);

const tooBig = (node: YamlNode): ConfigError => configError('The parsed YAML is too big', node.position, []);
