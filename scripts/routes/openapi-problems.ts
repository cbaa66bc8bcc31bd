/** What is wrong with an OpenAPI 3.1 document of ours: the rules of the specification that a generator can break. */
export function openApiProblems(document: unknown): readonly string[] {
  const operations = entriesAt(document, 'paths').flatMap(([path, item]) =>
    entriesAt(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const ids = operations.map(({ operation }) => String(at(operation, 'operationId')));
  const shapes = entriesAt(document, 'paths').map(([path]) => path.replace(/\{\w+\}/gu, '{}'));
  return [
    ...(at(document, 'openapi') === '3.1.0' ? [] : ['openapi is not 3.1.0']),
    ...twice(ids).map((id) => `two operations are called ${id}`),
    ...twice(shapes).map((shape) => `two paths of one shape: ${shape}`),
    ...operations.flatMap(({ path, method, operation }) =>
      operationProblems(document, path, method, operation).map((problem) => `${method} ${path}: ${problem}`),
    ),
    ...referencesIn(document)
      .filter((reference) => at(document, ...reference.slice(2).split('/')) === undefined)
      .map((reference) => `nothing at ${reference}`),
    ...schemasIn(document).flatMap(schemaProblems),
  ];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PLACES = ['path', 'query', 'header', 'cookie'];
const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

function operationProblems(document: unknown, path: string, method: string, operation: unknown): readonly string[] {
  const parameters = entriesAt(operation, 'parameters').map(([, parameter]) => parameter);
  const keys = parameters.map((parameter) => `${String(at(parameter, 'in'))} ${String(at(parameter, 'name'))}`);
  const templated = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => `path ${String(name)}`);
  const declared = keys.filter((key) => key.startsWith('path '));
  const schemes = entriesAt(operation, 'security').flatMap(([, one]) => entriesAt(one).map(([name]) => name));
  return [
    ...(path.startsWith('/') && !/[:*]/u.test(path) ? [] : ['no template of a path']),
    ...(METHODS.includes(method) ? [] : ['no method']),
    ...twice(keys).map((key) => `two parameters ${key}`),
    ...(templated.toSorted().join() === declared.toSorted().join() ? [] : ['path parameters differ from the template']),
    ...parameters.flatMap(parameterProblems),
    ...schemes
      .filter((name) => at(document, 'components', 'securitySchemes', name) === undefined)
      .map((name) => `no security scheme ${name}`),
    ...(typeof at(operation, 'summary') === 'string' ? [] : ['no summary']),
    ...entriesAt(operation, 'responses')
      .filter(([status]) => !/^(?:[1-5]\d\d|[1-5]XX|default)$/u.test(status))
      .map(([status]) => `no status: ${status}`),
    ...(entriesAt(operation, 'responses').length > 0 ? [] : ['no responses']),
    ...(at(operation, 'requestBody') === undefined || entriesAt(operation, 'requestBody', 'content').length > 0
      ? []
      : ['a body without content']),
  ];
}

function parameterProblems(parameter: unknown): readonly string[] {
  const name = String(at(parameter, 'name'));
  const place = at(parameter, 'in');
  return [
    ...(typeof place === 'string' && PLACES.includes(place) ? [] : [`${name} stands nowhere`]),
    ...(place !== 'path' || at(parameter, 'required') === true ? [] : [`${name} of the path is not required`]),
    ...(isObject(at(parameter, 'schema')) ? [] : [`${name} has no schema`]),
  ];
}

function schemaProblems(schema: unknown): readonly string[] {
  const types = [at(schema, 'type')].flat();
  const required = [at(schema, 'required') ?? []].flat().map((name) => JSON.stringify(name));
  const names = entriesAt(schema, 'properties').map(([name]) => JSON.stringify(name));
  const values = at(schema, 'enum');
  const fallback = at(schema, 'default');
  return [
    ...types
      .filter((type) => type !== undefined && !(typeof type === 'string' && TYPES.includes(type)))
      .map((type) => `no type: ${String(type)}`),
    ...required.filter((name) => !names.includes(name)).map((name) => `required but not there: ${name}`),
    ...(values === undefined || (Array.isArray(values) && values.length > 0) ? [] : ['an enum without values']),
    ...(Array.isArray(values) && fallback !== undefined && !values.includes(fallback)
      ? [`a default that is no value: ${JSON.stringify(fallback)}`]
      : []),
    ...(types.includes('array') && !isObject(at(schema, 'items')) ? ['an array of nothing'] : []),
  ];
}

/** Every schema at any depth: where OpenAPI puts one, and where a schema holds others. */
function schemasIn(value: unknown, key = ''): readonly unknown[] {
  if (!isObject(value)) return [];
  const below = Object.entries(value);
  if (key === 'properties' || key === 'schemas') {
    return below.flatMap(([, schema]) => [schema, ...schemasIn(schema)]);
  }
  const own = key === 'schema' || key === 'items' ? [value] : [];
  return [...own, ...below.flatMap(([name, inner]) => schemasIn(inner, name))];
}

function referencesIn(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (isObject(inner) ? Object.entries(inner).find(([k]) => k === key)?.[1] : undefined),
    value,
  );

const entriesAt = (value: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] => {
  const found = at(value, ...path);
  return isObject(found) ? Object.entries(found) : [];
};

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);
