import type { SourcePosition, YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSeq } from './node.ts';

/** What makes two keys the same one: text and symbols by name, numbers by type and value, lists and maps never. */
function keyIdentity(entry: YamlEntry): string | YamlNode {
  if (entry.name !== undefined) return `text ${entry.name}`;
  return entry.key.kind === 'scalar' ? `${entry.key.type} ${entry.key.text}` : entry.key;
}

/** Gathers entries as a Ruby Hash does: a key keeps its first place and its first spelling, and takes the last value. */
export class MapBuilder {
  readonly #entries: YamlEntry[] = [];
  readonly #byName = new Map<string, YamlEntry>();
  readonly #places = new Map<string | YamlNode, number>();
  /** The map being built; it is filled while entries are set. */
  readonly map: YamlMap;

  constructor(position: SourcePosition) {
    this.map = { kind: 'map', position, entries: this.#entries, byName: this.#byName };
  }

  set(entry: YamlEntry): void {
    const identity = keyIdentity(entry);
    const place = this.#places.get(identity);
    if (place === undefined) {
      this.#places.set(identity, this.#entries.length);
      this.#entries.push(entry);
    } else this.#entries[place] = entry;
    if (entry.name !== undefined) this.#byName.set(entry.name, entry);
  }

  setAll(entries: Iterable<YamlEntry>): void {
    for (const entry of entries) this.set(entry);
  }
}

/** The entry of a key: text and symbol keys have a name, others (`on:`, `1:`) have none. */
export function buildEntry(key: YamlNode, value: YamlNode): YamlEntry {
  const named = key.kind === 'scalar' && (key.type === 'text' || key.type === 'symbol');
  return { name: named ? key.text : undefined, key, value };
}

/** A map of these entries; of equal keys the first place and the last value count. */
export function buildMap(position: SourcePosition, entries: Iterable<YamlEntry>): YamlMap {
  const builder = new MapBuilder(position);
  builder.setAll(entries);
  return builder.map;
}

export function buildSeq(position: SourcePosition, items: readonly YamlNode[]): YamlSeq {
  return { kind: 'seq', position, items };
}

export function buildText(position: SourcePosition, value: string): YamlScalar {
  return { kind: 'scalar', position, type: 'text', value, text: value };
}

/** The value under a text key, or undefined when the map has no such key (a null value is a scalar). */
export function findValue(map: YamlMap, name: string): YamlNode | undefined {
  return map.byName.get(name)?.value;
}
