import type { YamlMap } from '../yaml/index.ts';
import { isMap, isText } from './node-tests.ts';
import { failWith, locationOf, type Place } from './place.ts';

/** Reads a value that has a short form, a text, and a full one, a map; anything else is an error. */
export const readShortOrFull = <Value>(
  place: Place,
  forms: {
    readonly short: (place: Place, text: string) => Value | undefined;
    readonly full: (place: Place, map: YamlMap) => Value | undefined;
  },
): Value | undefined => {
  const { node } = place;
  if (isText(node)) return forms.short(place, node.text);
  if (isMap(node)) return forms.full(place, node);
  failWith(place, `${locationOf(place)} should be a hash or a string`);
  return undefined;
};
