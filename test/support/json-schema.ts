type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};
const lengthOf = (value: unknown): number => (typeof value === 'string' ? [...value].length : 0);

/** What is wrong with a value, by a schema of draft-07: `place: keyword` each. Throws at a keyword that it does not know. */
export const schemaProblems = (schema: unknown, value: unknown): readonly string[] =>
  problemsOf(schema, value, { root: schema, place: '' });

interface Context {
  readonly root: unknown;
  readonly place: string;
}

const problemsOf = (schema: unknown, value: unknown, context: Context): readonly string[] => {
  if (schema === true) return [];
  if (schema === false) return [`${context.place}: nothing may stand here`];
  const rules = objectOf(schema);
  return Object.keys(rules).flatMap((keyword) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = CHECKS.get(keyword);
    if (check === undefined) throw new Error(`unknown keyword of a schema: ${keyword}`);
    const found = check(rules[keyword], value, context, rules);
    if (found === false) return [`${context.place}: ${keyword} ${JSON.stringify(rules[keyword])?.slice(0, 80)}`];
    return found === true ? [] : found;
  });
};

/** `true`: sound; `false`: not; or the problems inside. */
type Check = (rule: unknown, value: unknown, context: Context, schema: Schema) => boolean | readonly string[];

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$defs',
  'title',
  'description',
  'markdownDescription',
  'deprecationMessage',
  'default',
  'examples',
]);

const isSound = (schema: unknown, value: unknown, context: Context): boolean =>
  problemsOf(schema, value, context).length === 0;

const inside = (schema: unknown, value: unknown, context: Context, step: string | number): readonly string[] =>
  problemsOf(schema, value, { ...context, place: `${context.place}/${step}` });

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['$ref', (rule, value, context) => problemsOf(resolve(context.root, rule), value, context)],
  [
    'type',
    (rule, value) => {
      const types = Array.isArray(rule) ? listOf(rule) : [rule];
      return types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));
    },
  ],
  ['enum', (rule, value) => listOf(rule).includes(value)],
  ['pattern', (rule, value) => typeof value !== 'string' || new RegExp(String(rule), 'u').test(value)],
  ['minLength', (rule, value) => typeof value !== 'string' || lengthOf(value) >= Number(rule)],
  ['maxLength', (rule, value) => typeof value !== 'string' || lengthOf(value) <= Number(rule)],
  ['minimum', (rule, value) => typeof value !== 'number' || value >= Number(rule)],
  ['maximum', (rule, value) => typeof value !== 'number' || value <= Number(rule)],
  ['minItems', (rule, value) => !Array.isArray(value) || value.length >= Number(rule)],
  ['maxItems', (rule, value) => !Array.isArray(value) || value.length <= Number(rule)],
  ['minProperties', (rule, value) => !isObject(value) || Object.keys(value).length >= Number(rule)],
  ['maxProperties', (rule, value) => !isObject(value) || Object.keys(value).length <= Number(rule)],
  ['required', (rule, value) => !isObject(value) || listOf(rule).every((name) => Object.hasOwn(value, String(name)))],
  ['items', (rule, value, context) => listOf(value).flatMap((item, index) => inside(rule, item, context, index))],
  [
    'properties',
    (rule, value, context) =>
      Object.entries(objectOf(rule)).flatMap(([name, schema]) =>
        isObject(value) && Object.hasOwn(value, name) ? inside(schema, value[name], context, name) : [],
      ),
  ],
  [
    'patternProperties',
    (rule, value, context) =>
      Object.entries(objectOf(rule)).flatMap(([pattern, schema]) =>
        Object.entries(objectOf(value))
          .filter(([name]) => new RegExp(pattern, 'u').test(name))
          .flatMap(([name, inner]) => inside(schema, inner, context, name)),
      ),
  ],
  [
    'additionalProperties',
    (rule, value, context, schema) => {
      const patterns = Object.keys(objectOf(schema['patternProperties'])).map((pattern) => new RegExp(pattern, 'u'));
      return Object.entries(objectOf(value))
        .filter(([name]) => !Object.hasOwn(objectOf(schema['properties']), name))
        .filter(([name]) => !patterns.some((pattern) => pattern.test(name)))
        .flatMap(([name, inner]) => inside(rule, inner, context, name));
    },
  ],
  [
    'dependencies',
    (rule, value, context) =>
      Object.entries(objectOf(rule)).flatMap(([name, wanted]) => {
        if (!isObject(value) || !Object.hasOwn(value, name)) return [];
        return problemsOf(Array.isArray(wanted) ? { required: wanted } : wanted, value, context);
      }),
  ],
  ['allOf', (rule, value, context) => listOf(rule).flatMap((schema) => problemsOf(schema, value, context))],
  ['not', (rule, value, context) => !isSound(rule, value, context)],
  ['oneOf', (rule, value, context) => listOf(rule).filter((schema) => isSound(schema, value, context)).length === 1],
  [
    'anyOf',
    (rule, value, context) => {
      const tried = listOf(rule).map((schema) => problemsOf(schema, value, context));
      if (tried.some((problems) => problems.length === 0)) return true;
      // The alternative that came furthest says most
      return tried.toSorted((a, b) => distanceOf(b) - distanceOf(a))[0] ?? false;
    },
  ],
]);

/** How deep it came, and whether the type was right there. */
const distanceOf = (problems: readonly string[]): number =>
  Math.max(
    ...problems.map((problem) => {
      const [place = '', said = ''] = problem.split(': ');
      return place.split('/').length + (said.startsWith('type ') ? 0 : 0.5);
    }),
  );

const resolve = (root: unknown, reference: unknown): unknown => {
  const steps = String(reference).replace(/^#\//, '').split('/');
  const found = steps.reduce<unknown>((at, step) => objectOf(at)[step], root);
  if (found === undefined) throw new Error(`nothing at ${String(reference)}`);
  return found;
};
