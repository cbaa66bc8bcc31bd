import type { InputValue } from '../expressions/index.ts';
import type { VariableView } from '../rules/variable-view.ts';
import { referencesIn, type Variable } from '../variables/index.ts';
import type { SeenValue, Visibility } from './trace.ts';

/** Characters of one value that a trace keeps. */
const MOST_CHARACTERS = 1000;

/** The variables that a text refers to, as they were when it was expanded. */
export const seeReferences = (texts: readonly string[], variables: VariableView): readonly SeenValue[] => {
  const names = new Set(texts.flatMap(referencesIn));
  return [...names].map((name) => seeValue('variable', name, variables.raw(name) ?? null, variables));
};

/** What a trace may keep of a value: nothing of a masked one. */
export const seeValue = (
  kind: SeenValue['kind'],
  name: string,
  value: InputValue,
  variables: VariableView,
): SeenValue => {
  const visibility = kind === 'input' ? 'public' : visibilityOf(variables.find(name));
  if (visibility === 'secret') return { kind, name, value: null, visibility };
  return { kind, name, value: typeof value === 'string' ? shorten(value) : value, visibility };
};

/** Variables of the file say nothing of themselves: everybody who sees the file sees them. */
const visibilityOf = (variable: Variable | undefined): Visibility => {
  if (variable === undefined) return 'public';
  if (variable.masked === true) return 'secret';
  return variable.public === false ? 'restricted' : 'public';
};

const shorten = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
