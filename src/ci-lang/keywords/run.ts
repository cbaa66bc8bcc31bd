import type { CompiledStep } from '../compiled.ts';
import { definedOnly } from '../defined-only.ts';
import type { YamlMap, YamlNode } from '../yaml/index.ts';
import { keyNames } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { jsonMapOf, jsonOf } from './json-value.ts';
import type { Keyword } from './keyword.ts';
import { isList, isMap, isText } from './node-tests.ts';
import { fail, type Place } from './place.ts';
import { schemaMessages } from './schema-messages.ts';

/** The steps that take the place of a script. Checked at the job. */
export const runKeyword: Keyword<readonly CompiledStep[]> = {
  name: 'run',
  check: (job, node) => {
    if (!isList(node)) return fail(job, 'run', schemaMessages.notOfType('', 'array'));
    node.items.forEach((step, index) => checkStep(job, step, `/${index}`));
  },
  read: ({ node }) => (isList(node) ? node.items.filter(isMap).map(readStep) : undefined),
};

export const NAME_PATTERN = '^[a-zA-Z_][a-zA-Z0-9_]*$';
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
export const FUNCTION_STEP_KEYS = ['name', 'env', 'inputs', 'step', 'func'] as const;
export const SCRIPT_STEP_KEYS = ['name', 'env', 'script'] as const;

const valueOf = (map: YamlMap, name: string): YamlNode | undefined => map.byName.get(name)?.value;

/** A step is a script, or a function with its inputs. */
const checkStep = (job: Place, step: YamlNode, pointer: string): void => {
  const complain = (message: string, hint?: string): void => fail(job, 'run', message, hint);
  if (!isMap(step)) return complain(schemaMessages.notOfType(pointer, 'object'));
  const isScript = step.byName.has('script');
  const functions = ['step', 'func'].filter((name) => step.byName.has(name));
  if (functions.length + (isScript ? 1 : 0) !== 1) {
    return complain(`value at \`${pointer}\` should use only one of: script, step, func`);
  }
  const name = valueOf(step, 'name');
  if (name === undefined) complain(schemaMessages.missing(pointer, ['name']));
  else if (!isText(name)) complain(schemaMessages.notOfType(`${pointer}/name`, 'string'));
  else if (!NAME.test(name.text)) complain(schemaMessages.noMatch(`${pointer}/name`, NAME_PATTERN));
  const allowed: readonly string[] = isScript ? SCRIPT_STEP_KEYS : FUNCTION_STEP_KEYS;
  for (const key of keyNames(step)) {
    if (!allowed.includes(key)) complain(schemaMessages.notAllowed(`${pointer}/${key}`), didYouMean([key], allowed));
  }
  checkNames(step, 'env', pointer, complain, isText);
  if (isScript) checkScript(valueOf(step, 'script'), `${pointer}/script`, complain);
  else checkNames(step, 'inputs', pointer, complain, () => true);
  for (const key of functions) checkFunction(valueOf(step, key), `${pointer}/${key}`, complain);
};

type Complain = (message: string, hint?: string) => void;

const checkScript = (script: YamlNode | undefined, pointer: string, complain: Complain): void => {
  if (script === undefined) return;
  if (!isText(script)) complain(schemaMessages.notOfType(pointer, 'string'), 'A step has one text, not a list.');
  else if (script.text.length === 0) complain(schemaMessages.tooShort(pointer, 1));
};

/** A map from names to values. */
const checkNames = (
  step: YamlMap,
  key: 'env' | 'inputs',
  pointer: string,
  complain: Complain,
  isSound: (value: YamlNode) => boolean,
): void => {
  const map = valueOf(step, key);
  if (map === undefined) return;
  if (!isMap(map)) return complain(schemaMessages.notOfType(`${pointer}/${key}`, 'object'));
  for (const { name = '', value } of map.entries) {
    const inner = `${pointer}/${key}/${name}`;
    if (!NAME.test(name)) complain(schemaMessages.notAllowed(inner));
    else if (!isSound(value)) complain(schemaMessages.notOfType(inner, 'string'));
  }
};

export const FUNCTION_SOURCES = {
  git: { required: ['url', 'rev'], all: ['url', 'rev', 'dir', 'file'] },
  oci: { required: ['registry', 'repository', 'tag'], all: ['registry', 'repository', 'tag', 'dir', 'file'] },
} as const;

/** A text, or a place in a Git repository or an OCI registry. */
const checkFunction = (node: YamlNode | undefined, pointer: string, complain: Complain): void => {
  if (node === undefined || isText(node)) return;
  const [entry, ...more] = isMap(node) ? node.entries : [];
  const source = entry?.name === undefined ? undefined : sourceNamed(entry.name);
  if (entry === undefined || source === undefined || more.length > 0) {
    return complain(`value at \`${pointer}\` should use only one of: git, oci`);
  }
  const inner = `${pointer}/${entry.name ?? ''}`;
  const place = entry.value;
  if (!isMap(place)) return complain(schemaMessages.notOfType(inner, 'object'));
  const missing = source.required.filter((name) => valueOf(place, name) === undefined);
  if (missing.length > 0) complain(schemaMessages.missing(inner, missing));
  for (const { name = '', value } of place.entries) {
    if (!source.all.includes(name))
      complain(schemaMessages.notAllowed(`${inner}/${name}`), didYouMean([name], source.all));
    else if (!isText(value)) complain(schemaMessages.notOfType(`${inner}/${name}`, 'string'));
  }
};

interface FunctionSource {
  readonly required: readonly string[];
  readonly all: readonly string[];
}

const SOURCES_BY_NAME: ReadonlyMap<string, FunctionSource> = new Map(Object.entries(FUNCTION_SOURCES));

const sourceNamed = (name: string): FunctionSource | undefined => SOURCES_BY_NAME.get(name);

const readStep = (step: YamlMap): CompiledStep => {
  const env = valueOf(step, 'env');
  const inputs = valueOf(step, 'inputs');
  const called = valueOf(step, 'step') ?? valueOf(step, 'func');
  const script = valueOf(step, 'script');
  const name = valueOf(step, 'name');
  return {
    name: name?.kind === 'scalar' ? name.text : '',
    ...definedOnly({
      script: script?.kind === 'scalar' ? script.text : undefined,
      step: called === undefined ? undefined : jsonOf(called),
      env: env === undefined || !isMap(env) ? undefined : textsByName(env),
      inputs: inputs === undefined || !isMap(inputs) ? undefined : jsonMapOf(inputs),
    }),
  };
};

const textsByName = (map: YamlMap): Readonly<Record<string, string>> =>
  Object.fromEntries(
    map.entries.map(({ name = '', value }) => [name, value.kind === 'scalar' ? value.text : ''] as const),
  );
