import type { Fact, FactOf } from './facts/index.ts';

/** The facts of one type, in order. */
export const factsOfType = <Type extends Fact['type']>(facts: readonly Fact[], type: Type): readonly FactOf<Type>[] =>
  facts.filter((fact): fact is FactOf<Type> => fact.type === type);
