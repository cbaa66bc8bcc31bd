import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { givenEntry, type Place, placeOfEntry } from './place.ts';

/** One keyword: how its value is checked and read. Every keyword's file exports one of these. */
export interface Keyword<Value> {
  /** As written in the file. */
  readonly name: string;
  /** Checks made at the map that holds the keyword (`jobs:rspec when should be …`), before anything inside is read. */
  readonly check?: (holder: Place, node: YamlNode) => void;
  /** The value; undefined when it is not sound (the place then says why). */
  readonly read: (place: Place) => Value | undefined;
}

/** Runs the checks that keywords make at their holder. */
export const checkAtHolder = (holder: Place, map: YamlMap, keywords: readonly Keyword<unknown>[]): void => {
  for (const { name, check } of keywords) {
    const entry = givenEntry(map, name);
    if (entry !== undefined) check?.(holder, entry.value);
  }
};

/** Reads one keyword of a map; undefined when it is not given. The order of the calls is the order of the errors. */
export const readKeyword = <Value>(holder: Place, map: YamlMap, keyword: Keyword<Value>): Value | undefined => {
  const entry = givenEntry(map, keyword.name);
  return entry === undefined ? undefined : keyword.read(placeOfEntry(holder, entry));
};
