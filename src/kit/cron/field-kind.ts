const namesOf = (names: string, first: number): ReadonlyMap<string, number> =>
  new Map(names.split(' ').map((name, index) => [name, first + index]));

/** One field of a cron: what its numbers mean, as fugit takes them. */
export interface FieldKind {
  readonly name: 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday';
  readonly least: number;
  readonly most: number;
  /** How its values are put to people: `0 to 59`. */
  readonly expected: string;
  readonly digits: RegExp;
  readonly names: ReadonlyMap<string, number>;
}

const NO_NAMES: ReadonlyMap<string, number> = new Map();
const SIXTIETH = { least: 0, most: 59, expected: '0 to 59', digits: /^[0-5]?\d$/, names: NO_NAMES } as const;

export const SECOND: FieldKind = { ...SIXTIETH, name: 'second' };
export const MINUTE: FieldKind = { ...SIXTIETH, name: 'minute' };

/** 24 is midnight, too. */
export const HOUR: FieldKind = {
  name: 'hour',
  least: 0,
  most: 23,
  expected: '0 to 23',
  digits: /^(?:2[0-4]|[01]?\d)$/,
  names: NO_NAMES,
};

/** Negative days count from the end of the month. */
export const DAY: FieldKind = {
  name: 'day',
  least: 1,
  most: 31,
  expected: '1 to 31, -1 to -31 from the end of the month, or L for the last',
  digits: /^-?(?:3[01]|[12]\d|0?[1-9])$/,
  names: new Map([
    ['l', -1],
    ['last', -1],
  ]),
};

export const MONTH: FieldKind = {
  name: 'month',
  least: 1,
  most: 12,
  expected: '1 to 12 or jan to dec',
  digits: /^(?:1[0-2]|0?[1-9])$/,
  names: namesOf('jan feb mar apr may jun jul aug sep oct nov dec', 1),
};

export const WEEKDAY: FieldKind = {
  name: 'weekday',
  least: 0,
  most: 6,
  expected: '0 to 7 (0 and 7 are Sunday) or sun to sat',
  digits: /^[0-7]$/,
  names: namesOf('sun mon tue wed thu fri sat', 0),
};

/** The value that a word of this field stands for; undefined when it stands for none. */
export const valueOf = (kind: FieldKind, word: string): number | undefined =>
  kind.digits.test(word) ? Number(word) : kind.names.get(word.toLowerCase());

/** `a minute`, `an hour`. */
export const aOf = (kind: FieldKind): string => (kind.name === 'hour' ? 'an hour' : `a ${kind.name}`);
