import { buildEntry, MapBuilder } from './build-node.ts';
import { decodeBinary } from './decode-binary.ts';
import { inspectNode } from './inspect-node.ts';
import type { SourcePosition, YamlMap, YamlNode, YamlReference } from './node.ts';
import {
  type ResolvedScalar,
  refusedClass,
  resolveFloat,
  resolveScalar,
  ScalarRefusal,
  symbolScalar,
  textScalar,
} from './resolve-scalar.ts';
import { inspectText } from './ruby-text.ts';
import type { RawMap, RawNode, RawScalar, RawSeq } from './syntax/raw-node.ts';
import type { Mark } from './syntax/syntax-error.ts';

/** Entries copied by all merge keys of a document: 2 MiB of data hold fewer than 20 000, so more come from a bomb. */
const MAX_MERGED_ENTRIES = 50_000;
const REFERENCE_TAG = '!reference';
const TEXT_TAG = 'tag:yaml.org,2002:str';

/** Something the loader refuses although the syntax is right. `message` is Psych's or GitLab's. */
export class ReviveError extends Error {
  readonly position: SourcePosition;

  constructor(message: string, position: SourcePosition) {
    super(message);
    this.name = 'ReviveError';
    this.position = position;
  }
}

/** The `!ruby/…`, `!!set` and similar tags that name a class: Psych's safe loader refuses each. */
function refuseTypedTag(tag: string, value: string): void {
  const named =
    /^!(?:ruby\/(?:object|struct|exception|array|hash|hash-with-ivars|marshalable|string)|str|seq|map):(.+)$/.exec(tag);
  if (named?.[1] !== undefined) throw refusedClass(named[1]);
  if (tag === '!ruby/class' || tag === '!ruby/module') throw refusedClass(value);
  const bare = /^!ruby\/(?!sym|string$|array$|hash$)([a-z]*)/.exec(tag);
  if (bare?.[1] !== undefined) throw refusedClass(bare[1].charAt(0).toUpperCase() + bare[1].slice(1));
  if (/^(?:!|tag:yaml\.org,2002:)set$/.test(tag)) throw refusedClass('Psych::Set');
  if (/^(?:!|tag:yaml\.org,2002:)omap$/.test(tag)) throw refusedClass('Psych::Omap');
}

function resolveTagged(tag: string, value: string): ResolvedScalar {
  refuseTypedTag(tag, value);
  switch (tag) {
    case '!binary':
    case 'tag:yaml.org,2002:binary':
      return textScalar(decodeBinary(value));
    case '!str':
    case '!ruby/string':
    case TEXT_TAG:
      return textScalar(value);
    case '!float':
    case 'tag:yaml.org,2002:float':
      return resolveFloat(value);
    default:
      return /^!ruby\/sym(?:bol)?(?::|$)/.test(tag) ? symbolScalar(value) : resolveScalar(value);
  }
}

/**
 * Turns nodes as written into values the way Psych's `ToRuby` does, in document order: types are guessed, aliases
 * become the anchored object itself, `<<` merges at its place. One instance reads one document.
 */
export class Reviver {
  readonly #positionOf: (mark: Mark) => SourcePosition;
  readonly #anchors = new Map<string, YamlNode>();
  #merged = 0;

  constructor(positionOf: (mark: Mark) => SourcePosition) {
    this.#positionOf = positionOf;
  }

  revive(raw: RawNode): YamlNode {
    switch (raw.kind) {
      case 'alias': {
        const node = this.#anchors.get(raw.name);
        if (node !== undefined) return node;
        const message = `An alias referenced an unknown anchor: ${raw.name}`;
        throw new ReviveError(message, this.#positionOf(raw.mark));
      }
      case 'scalar':
        return this.#scalar(raw);
      case 'seq':
        return this.#seq(raw);
      case 'map':
        return this.#map(raw);
    }
  }

  #register<N extends YamlNode>(raw: RawScalar | RawSeq | RawMap, node: N): N {
    if (raw.anchor !== undefined) this.#anchors.set(raw.anchor, node);
    return node;
  }

  /** Runs a conversion and gives its refusal the place of the node. */
  #refusable<T>(mark: Mark, convert: () => T): T {
    try {
      return convert();
    } catch (error) {
      if (error instanceof ScalarRefusal) throw new ReviveError(error.message, this.#positionOf(mark));
      throw error;
    }
  }

  #scalar(raw: RawScalar): YamlNode {
    const position = this.#positionOf(raw.mark);
    if (raw.tag === REFERENCE_TAG) {
      const shown = raw.value.trim() === '' ? '[]' : inspectText(raw.value);
      return this.#register(raw, this.#reference(position, undefined, shown));
    }
    const { tag, value } = raw;
    const resolved = this.#refusable(raw.mark, () => {
      if (raw.quoted) return textScalar(value);
      return tag === undefined ? resolveScalar(value) : resolveTagged(tag, value);
    });
    return this.#register(raw, {
      kind: 'scalar',
      position,
      type: resolved.type,
      value: resolved.value,
      text: resolved.text,
    });
  }

  #reference(position: SourcePosition, path: readonly string[] | undefined, shown: string): YamlReference {
    return { kind: 'reference', position, path, shown: `${REFERENCE_TAG} ${shown}` };
  }

  #seq(raw: RawSeq): YamlNode {
    const position = this.#positionOf(raw.mark);
    if (raw.tag === REFERENCE_TAG) {
      // Psych does not register the anchor of such a list: an alias to it is unknown.
      const items = raw.items.map((item) => this.revive(item));
      const texts = items.flatMap((item) => (item.kind === 'scalar' && item.type === 'text' ? [item.text] : []));
      const valid = items.length > 0 && texts.length === items.length;
      return this.#reference(position, valid ? texts : undefined, inspectNode({ kind: 'seq', position, items }));
    }
    this.#refuseTag(raw);
    const items: YamlNode[] = [];
    const node = this.#register(raw, { kind: 'seq', position, items });
    for (const item of raw.items) items.push(this.revive(item));
    return node;
  }

  #refuseTag(raw: RawSeq | RawMap): void {
    const { tag } = raw;
    if (tag !== undefined) this.#refusable(raw.mark, () => refuseTypedTag(tag, ''));
  }

  #map(raw: RawMap): YamlNode {
    const builder = new MapBuilder(this.#positionOf(raw.mark));
    if (raw.tag === REFERENCE_TAG) {
      const reference = this.#register(raw, this.#reference(builder.map.position, undefined, '{}'));
      this.#fill(builder, raw);
      const shown = builder.map.entries.length === 0 ? '[]' : inspectNode(builder.map);
      return this.#register(raw, { ...reference, shown: `${REFERENCE_TAG} ${shown}` });
    }
    this.#refuseTag(raw);
    this.#register(raw, builder.map);
    this.#fill(builder, raw);
    return builder.map;
  }

  #fill(builder: MapBuilder, raw: RawMap): void {
    for (const pair of raw.pairs) {
      const key = this.revive(pair.key);
      const value = this.revive(pair.value);
      const merges =
        key.kind === 'scalar' &&
        key.type === 'text' &&
        key.text === '<<' &&
        !(pair.key.kind === 'scalar' && pair.key.tag === TEXT_TAG);
      if (!merges || !this.#merge(builder, pair.value, value)) builder.set(buildEntry(key, value));
    }
  }

  /** Merges at this place, over what stands before it. False when the value is nothing to merge: then `<<` is an ordinary key. */
  #merge(builder: MapBuilder, raw: RawNode, value: YamlNode): boolean {
    if (raw.kind === 'alias' || raw.kind === 'map') {
      if (value.kind !== 'map') return false;
      this.#countMerged(value, raw.mark);
      builder.setAll([...value.entries]);
      return true;
    }
    if (raw.kind !== 'seq' || value.kind !== 'seq') return false;
    const sources: YamlMap[] = [];
    for (const item of value.items) {
      if (item.kind !== 'map') return false;
      sources.push(item);
    }
    const merged = new MapBuilder(value.position);
    // The first of the list wins, so it comes last
    for (const source of sources.toReversed()) {
      this.#countMerged(source, raw.mark);
      merged.setAll([...source.entries]);
    }
    builder.setAll(merged.map.entries);
    return true;
  }

  #countMerged(source: YamlMap, mark: Mark): void {
    this.#merged += source.entries.length + 1;
    if (this.#merged > MAX_MERGED_ENTRIES) {
      throw new ReviveError('The parsed YAML is too big', this.#positionOf(mark));
    }
  }
}
