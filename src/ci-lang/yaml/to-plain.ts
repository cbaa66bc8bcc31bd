import type { YamlNode, YamlReference } from './node.ts';

/** Data without positions. Maps are `Map`s, so `__proto__` is a key like any other; unresolved references stay nodes. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | ReadonlyMap<string, PlainValue>
  | YamlReference;

/** Plain data of a node. Keys that are not text are written as Ruby's `to_s` writes them (`true`, `1`, null as empty). */
export function toPlain(node: YamlNode): PlainValue {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'reference':
      return node;
    case 'seq':
      return node.items.map(toPlain);
    case 'map':
      return new Map(
        node.entries.map((entry) => [entry.key.kind === 'scalar' ? entry.key.text : '', toPlain(entry.value)] as const),
      );
  }
}
