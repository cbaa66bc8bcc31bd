type DefinedOnly<Values> = { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The properties that have a value: for optional properties, which may be absent but not undefined. */
export function definedOnly<Values extends object>(values: Values): DefinedOnly<Values>;
export function definedOnly(values: object): object {
  const defined: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) defined[name] = value;
  return defined;
}
