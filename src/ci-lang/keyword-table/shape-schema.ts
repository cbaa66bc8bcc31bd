import type { JsonValue } from '../compiled-bridge.ts';
import { definedOnly } from '../defined-only.ts';
import type { Shape } from './shape.ts';

export type Schema = Readonly<Record<string, JsonValue>>;

type SomeShape<Kind extends Shape['kind']> = Extract<Shape, { readonly kind: Kind }>;

/** A reference with one step leads to all of a job or hidden job: to a map or a list, hardly ever to a scalar. */
const INSTEAD: readonly Schema[] = [{ $ref: '#/$defs/tag' }, { $ref: '#/$defs/interpolation' }];
const INSTEAD_OF_SCALAR: readonly Schema[] = [{ $ref: '#/$defs/long_tag' }, { $ref: '#/$defs/interpolation' }];

const NULL: Schema = { type: 'null' };

/** Nothing at all is as good as no keyword. */
export const withBlank = (alternatives: readonly Schema[]): readonly Schema[] => [...alternatives, NULL];

/** The alternatives for a value: those that the shape knows, and what stands for a value from elsewhere. */
export const schemaOfShape = (shape: Shape): readonly Schema[] => {
  if (shape.kind === 'anything') return [{}];
  const own = ownAlternatives(shape);
  const mayBeMap = own.some((schema) => schema['type'] === 'object' || '$ref' in schema);
  const isList = own.every((schema) => schema['type'] === 'array');
  return [...own, ...(mayBeMap || isList ? INSTEAD : INSTEAD_OF_SCALAR)];
};

const ownAlternatives = (shape: Shape): readonly Schema[] => {
  switch (shape.kind) {
    case 'either':
      return shape.of.flatMap(ownAlternatives);
    case 'holder':
      return [{ $ref: `#/$defs/${shape.holder}` }];
    case 'text':
      return [textSchema(shape)];
    case 'duration':
      return [{ type: 'string', minLength: 1, examples: ['30 minutes', '1h 30m', '1 week'] }];
    case 'expression':
      return [{ type: 'string', minLength: 1 }];
    case 'word':
      return [{ type: 'string', enum: shape.words }];
    case 'integer':
      return [{ type: 'integer', ...definedOnly({ minimum: shape.from, maximum: shape.to }) }];
    case 'boolean':
    case 'number':
      return [{ type: shape.kind }];
    case 'list':
      return [listSchema(shape)];
    case 'map':
      return [mapSchema(shape)];
    case 'anything':
      return [{}];
    case 'refused':
      return [];
  }
};

const textSchema = ({ pattern, atMost, notBlank }: SomeShape<'text'>): Schema => ({
  type: 'string',
  ...definedOnly({ pattern: pattern ?? (notBlank === true ? '\\S' : undefined), maxLength: atMost }),
});

const listSchema = ({ of, atLeast, atMost, nested }: SomeShape<'list'>): Schema => {
  const element = schemaOfShape(of);
  // Lists inside a list are its elements; how deep they go is left to the server
  const inside: readonly Schema[] = nested === true ? [NULL, { type: 'array' }] : [];
  return {
    type: 'array',
    items: { anyOf: [...element, ...inside] },
    ...definedOnly({ minItems: atLeast, maxItems: atMost }),
  };
};

const mapSchema = ({ of, atLeast, atMost, nulls }: SomeShape<'map'>): Schema => ({
  type: 'object',
  additionalProperties: { anyOf: nulls === true ? withBlank(schemaOfShape(of)) : schemaOfShape(of) },
  ...definedOnly({ minProperties: atLeast, maxProperties: atMost }),
});
