import type { Json, JsonObject } from '../events/event-definition.ts';

export type Rendered =
  | { readonly kind: 'rendered'; readonly body: string }
  | { readonly kind: 'failed'; readonly error: string };

const FIELD = /\{\{([^{}\n]+)\}\}/g;
const ERROR = 'Error while parsing rendered custom webhook template';

/** Into something that is no object. */
class NotAddressable extends Error {}
/** More than the limit. */
class TooLong extends Error {}

/**
 * Puts the payload's values into a hook's template: `{{project.name}}`. Texts come escaped and without quotes, everything
 * else as JSON, what is missing as null. The outcome must be JSON, and not longer than `limit` characters. Pure.
 */
export const renderTemplate = (template: string, payload: JsonObject, limit: number): Rendered => {
  let length = template.length;
  try {
    const text = template.replace(FIELD, (_whole, path: string) => {
      const value = jsonOf(dig(payload, path.split('.')));
      length += value.length;
      if (length > limit) throw new TooLong();
      return value;
    });
    const parsed: unknown = JSON.parse(text);
    return { kind: 'rendered', body: JSON.stringify(parsed) };
  } catch (error) {
    return { kind: 'failed', error: `${ERROR}: ${reasonOf(error, limit)}` };
  }
};

const jsonOf = (value: Json): string => {
  const json = JSON.stringify(value);
  return typeof value === 'string' ? json.slice(1, -1) : json;
};

const dig = (payload: JsonObject, path: readonly string[]): Json => {
  let value: Json = payload;
  for (const key of path) {
    if (value === null) return null;
    if (!isObject(value)) throw new NotAddressable();
    value = Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  }
  return value;
};

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const reasonOf = (error: unknown, limit: number): string => {
  if (error instanceof NotAddressable) return 'You may be trying to access an array value, which is not supported.';
  if (error instanceof TooLong) return `the result is longer than ${limit} characters`;
  // The parser's own message repeats the text, which may be long.
  return 'the result is not JSON';
};
