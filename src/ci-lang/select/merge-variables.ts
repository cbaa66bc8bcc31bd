import { type Inheritance, inherits } from '../keywords/inherit.ts';
import type { VariableDefinition } from '../keywords/variables.ts';

/** One list from several, weakest first: a name keeps its first place and takes its last definition whole. */
export const mergeVariables = (...lists: readonly (readonly VariableDefinition[])[]): readonly VariableDefinition[] => [
  ...new Map(lists.flat().map((variable) => [variable.key, variable] as const)).values(),
];

export const inheritVariables = (
  root: readonly VariableDefinition[],
  inheritance: Inheritance,
): readonly VariableDefinition[] =>
  inheritance === true ? root : root.filter(({ key }) => inherits(inheritance, key));
