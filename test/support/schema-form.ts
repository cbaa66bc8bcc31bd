import { schemaProblems } from './json-schema.ts';

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null'];
/** Keyword → whether it holds a schema, schemas by name, or a list of schemas. */
const HOLDS: Readonly<Record<string, 'one' | 'named' | 'list'>> = {
  items: 'one',
  additionalProperties: 'one',
  not: 'one',
  properties: 'named',
  patternProperties: 'named',
  $defs: 'named',
  allOf: 'list',
  anyOf: 'list',
  oneOf: 'list',
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isObject(value) ? Object.entries(value) : [];

/** What is wrong with a schema of draft-07 itself, at each depth: the rules that a generator can break. */
export const formProblems = (root: unknown): readonly string[] =>
  schemasIn(root, '#').flatMap(({ schema, place }) =>
    ownProblems(root, schema).map((problem) => `${place}: ${problem}`),
  );

interface Found {
  readonly schema: unknown;
  readonly place: string;
}

const schemasIn = (schema: unknown, place: string): readonly Found[] => [
  { schema, place },
  ...entriesOf(schema).flatMap(([keyword, value]) => innerOf(keyword, value, `${place}/${keyword}`)),
];

const innerOf = (keyword: string, value: unknown, place: string): readonly Found[] => {
  if (keyword === 'dependencies')
    return namedIn(
      entriesOf(value).filter(([, inner]) => !Array.isArray(inner)),
      place,
    );
  switch (HOLDS[keyword]) {
    case 'one':
      return schemasIn(value, place);
    case 'named':
      return namedIn(entriesOf(value), place);
    case 'list':
      return Array.isArray(value)
        ? namedIn(
            value.map((inner, index) => [String(index), inner] as const),
            place,
          )
        : [];
    default:
      return [];
  }
};

const namedIn = (schemas: readonly (readonly [string, unknown])[], place: string): readonly Found[] =>
  schemas.flatMap(([name, schema]) => schemasIn(schema, `${place}/${name}`));

const ownProblems = (root: unknown, schema: unknown): readonly string[] => {
  if (typeof schema === 'boolean') return [];
  if (!isObject(schema)) return ['no schema'];
  const { $ref, type, enum: words, pattern, required, properties, anyOf } = schema;
  const beside = Object.keys(schema).filter((keyword) => keyword !== '$ref');
  const needed = Array.isArray(required) ? required.map(String) : [];
  return [
    // In draft-07 a reference hides what stands beside it
    ...($ref !== undefined && beside.length > 0 ? [`${beside.join()} beside a reference`] : []),
    ...($ref === undefined || hasReference(root, $ref) ? [] : [`nothing at ${textOf($ref)}`]),
    ...(type === undefined || TYPES.includes(textOf(type)) ? [] : [`no type: ${textOf(type)}`]),
    ...(words === undefined || (Array.isArray(words) && new Set(words).size === words.length && words.length > 0)
      ? []
      : ['an enum with nothing or something twice']),
    ...(pattern === undefined || isPattern(textOf(pattern)) ? [] : [`no pattern: ${textOf(pattern)}`]),
    ...(anyOf === undefined || (Array.isArray(anyOf) && anyOf.length > 0) ? [] : ['alternatives without one']),
    ...(properties === undefined ? [] : needed)
      .filter((name) => !isObject(properties) || !Object.hasOwn(properties, name))
      .map((name) => `required but not there: ${name}`),
    ...('default' in schema
      ? schemaProblems({ ...schema, $defs: isObject(root) ? root['$defs'] : {} }, schema['default'])
      : []),
  ];
};

const hasReference = (root: unknown, reference: unknown): boolean => {
  const [, kind, name = ''] = textOf(reference).split('/');
  const definitions = isObject(root) ? root['$defs'] : undefined;
  return kind === '$defs' && isObject(definitions) && Object.hasOwn(definitions, name);
};

const isPattern = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
};
