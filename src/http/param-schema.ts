import type { ParamSpec, ParamSpecs } from './param-spec.ts';

/** A schema of JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  dateTime: { type: 'string', format: 'date-time' },
  date: { type: 'string', format: 'date' },
  file: { type: 'string', contentMediaType: 'application/octet-stream' },
  array: { type: 'array' },
  hash: { type: 'object' },
  any: {},
};

/** What a declared parameter takes. */
export function paramSchema(spec: ParamSpec<unknown>): JsonSchema {
  const typed = TYPES[spec.type] ?? {};
  const values = spec.values === undefined ? {} : { enum: spec.values };
  const described = {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(spec.default === undefined || spec.default === null ? {} : { default: spec.default }),
  };
  if (spec.type === 'array') return { ...typed, items: itemSchema(spec, values), ...described };
  if (spec.children !== undefined) return { ...objectSchema(spec.children), ...described };
  return { ...typed, ...values, ...rangeSchema(spec.range), ...described };
}

function itemSchema(spec: ParamSpec<unknown>, values: JsonSchema): JsonSchema {
  if (spec.item !== undefined) return paramSchema(spec.item);
  if (spec.children !== undefined) return objectSchema(spec.children);
  return { type: 'string', ...values };
}

/** An object with these keys. What else arrives is ignored, so nothing is said of further ones. */
export function objectSchema(specs: ParamSpecs): JsonSchema {
  const required = Object.entries(specs).flatMap(([name, spec]) => (spec.required ? [name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, paramSchema(spec)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

const rangeSchema = (range: ParamSpec<unknown>['range']): JsonSchema => ({
  ...(range?.min === undefined ? {} : { minimum: range.min }),
  ...(range?.max === undefined ? {} : { maximum: range.max }),
});
