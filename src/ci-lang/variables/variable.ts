/** One variable of a list. Lists are ordered, weakest first; several definitions of one key may stand in a list. */
export interface Variable {
  readonly key: string;
  readonly value: string;
  /** Not expanded itself. */
  readonly raw?: boolean;
  /** `value` is the content of a file that the runner writes. */
  readonly file?: boolean;
  readonly masked?: boolean;
  readonly public?: boolean;
}

/** The value of a key, the last definition of a list winning; undefined when it is not set. */
export function lookupIn(variables: readonly Variable[]): (name: string) => string | undefined {
  const values = new Map(variables.map((variable) => [variable.key, variable.value]));
  return (name) => values.get(name);
}
