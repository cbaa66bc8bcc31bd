import { types } from 'pg';

const OID = { int8: 20, date: 1082, int8Array: 1016 } as const;

/** PostgreSQL's bigint as a number. Throws `RangeError` where that would change its value: no id or size gets there. */
export const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
};

const parseInt8Array = (text: string): readonly (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((item) => (item === 'NULL' ? null : parseInt8(item)));

const asText = (text: string): string => text;

/**
 * How columns arrive: `int8` as a number, `timestamptz` as a `Date`, `jsonb` parsed, `numeric` as text, and `date` as
 * text too (the driver would make it midnight of the server's own zone). For this pool only, not for the whole process.
 */
export const valueTypes = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((value: string) => unknown) => {
    if (format !== 'binary') {
      if (oid === OID.int8) return parseInt8;
      if (oid === OID.int8Array) return parseInt8Array;
      if (oid === OID.date) return asText;
    }
    return types.getTypeParser(oid, format ?? 'text');
  },
};
