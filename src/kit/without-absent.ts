/** The same object without the keys that are undefined. */
export const withoutAbsent = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } => {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in values) {
    const value = values[key];
    if (isDefined(value)) kept[key] = value;
  }
  return kept;
};

const isDefined = <T>(value: T): value is Exclude<T, undefined> => value !== undefined;
