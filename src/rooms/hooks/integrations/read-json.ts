import type { Json } from '../events/event-definition.ts';
import { isJsonObject } from '../payloads/is-json-object.ts';

/** What stands at this place of a payload; undefined: nothing. Pure. */
export const jsonAt = (json: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), json);

/** The text or number there, without half characters, which no address can hold; `''`: neither. */
export const textAt = (json: Json | undefined, ...path: readonly string[]): string => {
  const value = jsonAt(json, ...path);
  return typeof value === 'string' || typeof value === 'number' ? String(value).toWellFormed() : '';
};
