import type { Diagnostic } from '../diagnostic.ts';
import { evaluate, type InputValue } from '../expressions/index.ts';
import { isNull } from '../keywords/node-tests.ts';
import { suggestName } from '../suggest-name.ts';
import type { SourcePosition, YamlEntry, YamlNode } from '../yaml/index.ts';
import type { GivenInputs } from './given-inputs.ts';
import { INPUT_TYPES, type InputDefinition, type InputRule, type InputType } from './input-definition.ts';
import { coerceValue } from './input-value.ts';
import { inputProblem } from './inputs-error.ts';
import type { InterpolationBudget } from './interpolation-budget.ts';
import { validateValue } from './validate-value.ts';
import { valueText } from './value-text.ts';

export interface ResolvedInputs {
  /** In the order of the definitions. Only to be used when there is no problem. */
  readonly values: ReadonlyMap<string, YamlNode>;
  /** In GitLab's order. */
  readonly problems: readonly Diagnostic[];
}

/** A value of null counts as not given. Defaults are checked as well, even where a value is given. */
export const resolveInputs = (
  definitions: readonly InputDefinition[],
  given: GivenInputs,
  spec: SourcePosition,
  budget: InterpolationBudget,
): ResolvedInputs => {
  const entries = new Map(given.entries.map((entry) => [nameOf(entry), entry] as const));
  const values = new Map<string, YamlNode>();
  const valueOf = (name: string): InputValue => {
    const value = asInputValue(values.get(name) ?? entries.get(name)?.value);
    // Many rules may look at one long text.
    if (typeof value === 'string') budget.spendCharacters(value.length);
    return value;
  };
  const problems: Diagnostic[] = [];
  for (const definition of definitions) {
    const { name, type } = definition;
    if (type === undefined) continue;
    const entry = entries.get(name);
    const value = entry === undefined || isNull(entry.value) ? undefined : entry.value;
    const choice = chooseRule(definition, valueOf);
    const messages = checkInput(definition, type, choice, value);
    const position = given.isWritten && value !== undefined && messages.every(isOfGiven) ? value.position : undefined;
    problems.push(...messages.map((message) => problemOf(definition, message, position)));
    values.set(name, coerceValue(value ?? choice.default ?? nothingAt(definition.position), type));
  }
  return {
    values,
    problems: [...unknownArguments(definitions, given, spec), ...unknownTypes(definitions), ...problems],
  };
};

const nameOf = ({ name, key }: YamlEntry): string => name ?? valueText(key);

const isOfGiven = (message: string): boolean => !message.startsWith('default ');

const problemOf = ({ name, position }: InputDefinition, message: string, at: SourcePosition = position): Diagnostic =>
  inputProblem(`\`${name}\` input: ${message}`, at, ['spec', 'inputs', name]);

/** What holds for an input in this case. */
interface Choice {
  readonly options?: readonly YamlNode[];
  readonly default?: YamlNode;
  readonly isRequired: boolean;
}

/** The first rule that matches has the word. Rules see the values of the inputs above theirs, and no variables. */
const chooseRule = (definition: InputDefinition, valueOf: (name: string) => InputValue): Choice => {
  const { rules } = definition;
  if (rules === undefined) return { ...pick(definition), isRequired: definition.default === undefined };
  const matches = (rule: InputRule): boolean =>
    rule.if === undefined || evaluate(rule.if, () => undefined, { inputs: valueOf });
  return { ...pick(rules.find(matches) ?? {}), isRequired: rules.length === 0 };
};

const pick = ({ options, default: value }: InputRule): Pick<Choice, 'options' | 'default'> => ({
  ...(options === undefined ? {} : { options }),
  ...(value === undefined ? {} : { default: value }),
});

const checkInput = (
  definition: InputDefinition,
  type: InputType,
  { options, default: fallback, isRequired }: Choice,
  value: YamlNode | undefined,
): readonly string[] => {
  if (value === undefined && isRequired) return ['required value has not been provided'];
  const check = (node: YamlNode, role: 'default' | 'provided') =>
    validateValue(coerceValue(node, type), role, type, definition, options);
  // A default of null, as when no rule matches, fits every input
  const ofDefault = fallback === undefined || isNull(fallback) ? [] : check(fallback, 'default');
  return value === undefined ? ofDefault : [...ofDefault, ...check(value, 'provided')];
};

const nothingAt = (position: SourcePosition): YamlNode => ({
  kind: 'scalar',
  position,
  type: 'null',
  value: null,
  text: '',
});

const unknownArguments = (
  definitions: readonly InputDefinition[],
  { entries, isWritten }: GivenInputs,
  spec: SourcePosition,
): readonly Diagnostic[] => {
  const known = definitions.flatMap(({ name, type }) => (type === undefined ? [] : [name]));
  const names = new Set(known);
  const unknown = entries.filter((entry) => !names.has(nameOf(entry)));
  const [first] = unknown;
  if (first === undefined) return [];
  const meant = unknown.slice(0, 3).flatMap((entry) => suggestName(nameOf(entry), known) ?? []);
  const message = `unknown input arguments: ${unknown.map(nameOf).join(', ')}`;
  const hint = meant.length === 0 ? undefined : `Did you mean \`${meant.join('`, `')}\`?`;
  const position = isWritten ? first.key.position : spec;
  return [inputProblem(message, position, isWritten ? ['include', 'inputs', nameOf(first)] : ['spec', 'inputs'], hint)];
};

const unknownTypes = (definitions: readonly InputDefinition[]): readonly Diagnostic[] =>
  definitions
    .filter(({ type }) => type === undefined)
    .map(({ name, position }) => {
      const message = `unknown input specification for \`${name}\` (valid types: ${INPUT_TYPES.join(', ')})`;
      return inputProblem(message, position, ['spec', 'inputs', name, 'type']);
    });

/** As expressions compare it; a list or a map is known by its text. */
const asInputValue = (value: YamlNode | undefined): InputValue => {
  if (value === undefined) return null;
  return value.kind === 'scalar' ? value.value : valueText(value);
};
