import { allowKeys, checkKey, checkValue, should } from './checks.ts';
import { isBlank, isMap, isText } from './node-tests.ts';
import { fail, givenValue, hasFailed, type Place } from './place.ts';

/**
 * The values of a provider's map in which everything is a text, by key; undefined when something is wrong.
 * `required`: must be there and not blank.
 */
export const readSecretTexts = (
  place: Place,
  required: string | undefined,
  optional: readonly string[],
): ReadonlyMap<string, string> | undefined => {
  const { node } = place;
  checkValue(place, should.beMap);
  const keys = required === undefined ? optional : [required, ...optional];
  if (isMap(node)) allowKeys(place, node, keys);
  if (required !== undefined) {
    const value = isMap(node) ? givenValue(node, required) : undefined;
    if (value === undefined || isBlank(value)) fail(place, required, should.bePresent.message);
    if (value === undefined || !isText(value)) fail(place, required, should.beText.message);
  }
  if (!isMap(node)) return undefined;
  for (const name of optional) checkKey(place, node, name, should.beText);
  if (hasFailed(place)) return undefined;
  return new Map(
    keys.flatMap((name) => {
      const value = givenValue(node, name);
      return value?.kind === 'scalar' ? [[name, value.text] as const] : [];
    }),
  );
};
