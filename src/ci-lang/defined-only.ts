type DefinedOnly<Values> = { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The properties that have a value: for optional properties, which may be absent but not undefined. */
export function definedOnly<Values extends object>(values: Values): DefinedOnly<Values>;
export function definedOnly(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
