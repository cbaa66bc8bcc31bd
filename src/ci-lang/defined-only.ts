type DefinedOnly<Values> = { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The properties that have a value: for optional properties, which may be absent but not undefined. */
export function definedOnly<Values extends object>(values: Values): DefinedOnly<Values>;
export function definedOnly(values: Readonly<Record<string, unknown>>): object {
  const defined: Record<string, unknown> = {};
  // Called many times for every job: `entries` would make a list of pairs each time.
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
