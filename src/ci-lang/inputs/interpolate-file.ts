import { ConfigError, configError } from '../config-error.ts';
import { metered, type RegexMeter } from '../expressions/index.ts';
import type { Variable } from '../variables/index.ts';
import { buildEntry, buildMap, buildText, type SourcePosition, type YamlMap, type YamlNode } from '../yaml/index.ts';
import { checkInputRules } from './check-input-rules.ts';
import type { GivenInputs } from './given-inputs.ts';
import { inputProblem, refuseProblems } from './inputs-error.ts';
import { interpolateContent } from './interpolate-content.ts';
import { newInterpolationBudget } from './interpolation-budget.ts';
import { mergeSpecIncludes, type SpecInclude } from './merge-spec-includes.ts';
import { readSpec, type SpecDefinition } from './read-spec.ts';
import { resolveInputs } from './resolve-inputs.ts';

/** A file as the YAML reader leaves it. */
export interface LoadedFile {
  /** Its first document when that has the key `spec`. */
  readonly header: YamlMap | undefined;
  readonly content: YamlMap;
}

/** What a file may be filled with besides its inputs. */
export interface InterpolationContext {
  /** The file's name as messages may show it. */
  readonly shown: string;
  /** For `expand_vars`: the variables that includes see. */
  readonly findVariable: (name: string) => Variable | undefined;
  /** Set in the files of a component, and in those that they include. */
  readonly component?: ComponentValues;
  /** What `regex` of inputs and their rules may still cost. */
  readonly regexes?: RegexMeter;
  /** Loads what `spec:include` names, in order. Throws ConfigError. Left out where GitLab does not allow it. */
  readonly loadSpecIncludes?: (items: readonly YamlNode[]) => Promise<readonly SpecInclude[]>;
}

export interface ComponentValues {
  readonly name: string;
  readonly sha: string;
  /** Null when the version is no release. */
  readonly version: string | null;
  /** As written behind the `@`. */
  readonly reference: string;
}

/**
 * The content of a file with its inputs put in: before its own includes are looked at. Files without a header come back
 * untouched. Throws ConfigError; the messages begin with the file's name.
 */
export const interpolateFile = async (
  { header, content }: LoadedFile,
  given: GivenInputs,
  context: InterpolationContext,
): Promise<YamlMap> => {
  if (header === undefined) {
    refuseInputs(given, content, context);
    return content;
  }
  const onMeter = <Result>(work: () => Result): Result =>
    context.regexes === undefined ? work() : metered(context.regexes, work);
  const spec = onMeter(() => readSpec(header));
  const { findVariable, shown } = context;
  refuseProblems(shown, spec.problems);
  const files = await loadIncludes(spec, context);
  const merged = onMeter(() => mergeSpecIncludes(spec, files));
  refuseProblems(shown, merged.problems);
  refuseProblems(shown, checkInputRules(merged.inputs));
  const budget = newInterpolationBudget(shown, spec.position);
  const { values, problems } = onMeter(() => resolveInputs(merged.inputs, given, spec.position, budget));
  refuseProblems(shown, problems);
  const blocks = { values: blockValues(values, spec, context), findVariable, budget };
  return interpolateContent(content, blocks, shown);
};

/** Without a header there is nothing that an input could be for. */
const refuseInputs = ({ entries, isWritten }: GivenInputs, content: YamlMap, { shown }: InterpolationContext): void => {
  const [first] = entries;
  if (first === undefined) return;
  const message = 'Given inputs not defined in the `spec` section of the included configuration file';
  const { file } = content.position;
  const position = isWritten ? first.key.position : { file, line: 1, column: 1 };
  const hint = 'Begin the file with `spec:`, below it `inputs:` and their names, and a line `---`.';
  refuseProblems(shown, [inputProblem(message, position, isWritten ? ['include', 'inputs'] : [], hint)]);
};

const loadIncludes = async (spec: SpecDefinition, context: InterpolationContext): Promise<readonly SpecInclude[]> => {
  const { includes, position } = spec;
  if (includes.length === 0) return [];
  const { shown, loadSpecIncludes } = context;
  if (loadSpecIncludes === undefined) {
    throw configError(`\`${shown}\`: \`spec:include\` is not allowed`, position, ['spec', 'include']);
  }
  try {
    return await loadSpecIncludes(includes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...rest] = error.diagnostics;
    const named = (diagnostic: typeof first) => ({ ...diagnostic, message: `\`${shown}\`: ${diagnostic.message}` });
    throw new ConfigError([named(first), ...rest.map(named)]);
  }
};

/** What blocks reach: `inputs`, and of `component` what the header asks for. */
const blockValues = (
  inputs: ReadonlyMap<string, YamlNode>,
  { component: wanted, position }: SpecDefinition,
  { component }: InterpolationContext,
): YamlMap => {
  const known = Object.entries(component ?? {}).filter(([name]) => wanted.includes(name));
  return mapOf(position, [
    ['inputs', mapOf(position, inputs)],
    [
      'component',
      mapOf(
        position,
        known.map(([name, value]) => [name, componentNode(position, value)] as const),
      ),
    ],
  ]);
};

const mapOf = (position: SourcePosition, values: Iterable<readonly [string, YamlNode]>): YamlMap =>
  buildMap(
    position,
    [...values].map(([name, value]) => buildEntry(buildText(position, name), value)),
  );

const componentNode = (position: SourcePosition, value: string | null): YamlNode =>
  value === null ? { kind: 'scalar', position, type: 'null', value, text: '' } : buildText(position, value);
