import type { Diagnostic } from '../diagnostic.ts';
import { isNull } from '../keywords/node-tests.ts';
import { errorsOf, type Place, placeOfEntry, rootPlace } from '../keywords/place.ts';
import type { SourcePosition, YamlMap } from '../yaml/index.ts';
import type { InputDefinition } from './input-definition.ts';
import { inputProblem } from './inputs-error.ts';
import { readInputs, type SpecDefinition } from './read-spec.ts';
import { inspectName, inspectValue } from './value-text.ts';

/** A file that `spec:include` names, as it was loaded. */
export interface SpecInclude {
  /** Its name as messages may show it. */
  readonly shown: string;
  readonly content: YamlMap;
}

export interface MergedInputs {
  /** Those of the files in their order, then the header's own. */
  readonly inputs: readonly InputDefinition[];
  readonly problems: readonly Diagnostic[];
}

/** Puts the inputs of the included files before those of the header. Such a file holds `inputs` and nothing else. */
export const mergeSpecIncludes = (spec: SpecDefinition, files: readonly SpecInclude[]): MergedInputs => {
  if (files.length === 0) return { inputs: spec.inputs, problems: [] };
  const problems: Diagnostic[] = [];
  const included = files.flatMap((file) => readFile(file, problems));
  const inputs = [...included, ...spec.inputs];
  return { inputs, problems: problems.length > 0 ? problems : findDuplicates(inputs) };
};

const readFile = ({ shown, content }: SpecInclude, problems: Diagnostic[]): readonly InputDefinition[] => {
  const unknown = content.entries.filter(({ name }) => name !== 'inputs');
  const [first] = unknown;
  if (first !== undefined) {
    const keys = unknown.map(({ name, key }) => (name === undefined ? inspectValue(key) : inspectName(name)));
    const message = `Header include file \`${shown}\` contains unknown keys: [${keys.join(', ')}]`;
    problems.push(inputProblem(message, first.key.position, []));
    return [];
  }
  const entry = content.byName.get('inputs');
  if (entry === undefined || isNull(entry.value)) return [];
  const root: Place = { ...rootPlace(content), shownAs: 'header:spec' };
  const inputs = readInputs(placeOfEntry(root, entry));
  problems.push(...errorsOf(root));
  return inputs;
};

/** A name is defined once, in one of the files or in the header. */
const findDuplicates = (inputs: readonly InputDefinition[]): readonly Diagnostic[] => {
  const known = new Set<string>();
  const twice = new Map<string, SourcePosition>();
  for (const { name, position } of inputs) {
    if (known.has(name) && !twice.has(name)) twice.set(name, position);
    known.add(name);
  }
  const [first] = twice;
  if (first === undefined) return [];
  const [name, position] = first;
  const rule = 'Input keys must be unique across all included files and inline specifications.';
  const message = `Duplicate input keys found: ${[...known].filter((key) => twice.has(key)).join(', ')}. ${rule}`;
  return [inputProblem(message, position, ['spec', 'inputs', name])];
};
