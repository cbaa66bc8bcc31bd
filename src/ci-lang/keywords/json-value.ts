import type { JsonValue } from '../compiled-bridge.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';

/** Plain data of a value that is kept as it is written. */
export const jsonOf = (node: YamlNode): JsonValue => {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'seq':
      return node.items.map(jsonOf);
    case 'map':
      return jsonMapOf(node);
    case 'reference':
      return node.shown;
  }
};

/** Keys that are not text are written as Ruby writes them. */
export const jsonMapOf = (map: YamlMap): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries(
    map.entries.map(
      ({ name, key, value }) => [name ?? (key.kind === 'scalar' ? key.text : ''), jsonOf(value)] as const,
    ),
  );
