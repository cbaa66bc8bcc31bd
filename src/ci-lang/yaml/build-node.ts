import type { SourcePosition, YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSeq } from './node.ts';

/** Gathers entries as a Ruby Hash does: a key keeps its first place and its first spelling, and takes the last value. */
export class MapBuilder {
  readonly #entries: YamlEntry[] = [];
  readonly #byName = new Map<string, YamlEntry>();
  /** Entries whose key is a number, a boolean or null, by type and value. Lists and maps as keys are never equal. */
  #byValue: Map<string, YamlEntry> | undefined;
  /** Made when the first key comes twice, which is rare. */
  #places: Map<YamlEntry, number> | undefined;
  /** The map being built; it is filled while entries are set. */
  readonly map: YamlMap;

  constructor(position: SourcePosition) {
    this.map = { kind: 'map', position, entries: this.#entries, byName: this.#byName };
  }

  set(entry: YamlEntry): void {
    const known = this.#swap(entry);
    if (known === undefined) {
      this.#places?.set(entry, this.#entries.length);
      this.#entries.push(entry);
      return;
    }
    if (this.#places === undefined) this.#places = new Map(this.#entries.map((each, place) => [each, place]));
    const place = this.#places.get(known) ?? this.#entries.length;
    this.#places.delete(known);
    this.#places.set(entry, place);
    this.#entries[place] = entry;
  }

  setAll(entries: Iterable<YamlEntry>): void {
    for (const entry of entries) this.set(entry);
  }

  /** Puts the entry into its index and returns the one that it replaces. */
  #swap(entry: YamlEntry): YamlEntry | undefined {
    if (entry.name !== undefined) {
      const known = this.#byName.get(entry.name);
      this.#byName.set(entry.name, entry);
      return known;
    }
    if (entry.key.kind !== 'scalar') return undefined;
    this.#byValue ??= new Map();
    const identity = `${entry.key.type} ${entry.key.text}`;
    const known = this.#byValue.get(identity);
    this.#byValue.set(identity, entry);
    return known;
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
