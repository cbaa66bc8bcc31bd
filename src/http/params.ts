import { bareObject } from './bare-object.ts';
import type { Coercion } from './coercions.ts';
import { INVALID, toBoolean, toCommaList, toDay, toFloat, toInteger, toMoment, toText } from './coercions.ts';
import type { Declared, ParamKind, ParamOptions } from './declare-param.ts';
import { bad, declareParam, good } from './declare-param.ts';
import type { ParamSpec, Reading } from './param-spec.ts';
import type { RawParams, RawValue, UploadedFile } from './raw-params.ts';
import { isRawParams, isUploadedFile, listOf } from './raw-params.ts';

export type { ParamOptions } from './declare-param.ts';
export type { ParamRule, ParamSpec, ParamSpecs, Params } from './param-spec.ts';

/** Bounds of a number, both inclusive. Outside: `does not have a valid value`. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export interface NumberOptions extends ParamOptions<number> {
  readonly range?: Range;
  /** Inside: `has a value not allowed`. */
  readonly except?: readonly number[];
}

/** Text. Numbers and booleans from JSON become text; `''` is a value; a required one that is null arrives as `''`. */
export const string = <const O extends ParamOptions<string>>(options?: O): ParamSpec<Declared<string, O>> =>
  declareParam({ ...scalar('string', toText), emptyIsNull: false, whenNull: '' }, options);

/** A whole number, also as decimal text. `''` counts as null. */
export const integer = <const O extends NumberOptions>(options?: O): ParamSpec<Declared<number, O>> =>
  declareParam<number, O>(numeric('integer', toInteger, options ?? {}), options);

/** A number, also as decimal text. */
export const float = <const O extends NumberOptions>(options?: O): ParamSpec<Declared<number, O>> =>
  declareParam<number, O>(numeric('number', toFloat, options ?? {}), options);

/** true/false, their usual spellings as text, 1/0. */
export const boolean = <const O extends ParamOptions<boolean>>(options?: O): ParamSpec<Declared<boolean, O>> =>
  declareParam<boolean, O>(scalar('boolean', toBoolean), options);

/** ISO 8601 date and time. A date alone is midnight UTC; without an offset UTC. */
export const isoDateTime = <const O extends ParamOptions<Date>>(options?: O): ParamSpec<Declared<Date, O>> =>
  declareParam<Date, O>(scalar('dateTime', toMoment), options);

/** A calendar day as `YYYY-MM-DD`. */
export const date = <const O extends ParamOptions<string>>(options?: O): ParamSpec<Declared<string, O>> =>
  declareParam<string, O>(scalar('date', toDay), options);

/** One of these texts; anything else, `''` too, `does not have a valid value`. */
export const enumeration = <const V extends string, const O extends ParamOptions<V>>(
  values: readonly V[],
  options?: O,
): ParamSpec<Declared<V, O>> =>
  declareParam<V, O>(
    {
      type: 'string',
      emptyIsNull: false,
      restricted: true,
      values,
      read: (raw, name) => readOne(values, raw, name),
    },
    options,
  );

function readOne<V extends string>(values: readonly V[], raw: NonNullable<RawValue>, name: string): Reading<V> {
  const text = toText(raw);
  if (text === INVALID) return bad(name, 'is invalid', 'does not have a valid value');
  const value = values.find((candidate) => candidate === text);
  return value === undefined ? bad(name, 'does not have a valid value') : good(value);
}

/** A list, each element read by `item`; `a[0]=x` counts as a list too. Null and `''` are the empty list. */
export const arrayOf = <T, const O extends ParamOptions<readonly NonNullable<T>[]>>(
  item: ParamSpec<T>,
  options?: O,
): ParamSpec<Declared<readonly NonNullable<T>[], O>> =>
  declareParam<readonly NonNullable<T>[], O>(
    {
      type: 'array',
      emptyIsNull: true,
      whenNull: [],
      item,
      read: (raw, name) => readList(raw, name, (element) => item.read(element, name, true)),
    },
    options,
  );

/** One text or a list of them (`scope=running`, `scope[]=running`), each one of `values`; anything else `does not have a valid value`. */
export const stringOrArray = <const V extends string, const O extends ParamOptions<readonly V[]>>(
  values: readonly V[],
  options?: O,
): ParamSpec<Declared<readonly V[], O>> =>
  declareParam<readonly V[], O>(
    {
      type: 'array',
      emptyIsNull: true,
      values,
      read: (raw, name) => {
        const reading = readList(typeof raw === 'string' ? [raw] : raw, name, (element) =>
          element === null ? bad(name, 'is invalid') : readOne(values, element, name),
        );
        return reading.ok ? reading : bad(name, 'does not have a valid value');
      },
    },
    options,
  );

/** `a,b`, or a list. Blanks are trimmed, empty parts dropped. */
export const commaList = <const O extends ParamOptions<readonly string[]>>(
  options?: O,
): ParamSpec<Declared<readonly string[], O>> =>
  declareParam<readonly string[], O>({ ...scalar('array', toCommaList), whenNull: [] }, options);

/** A hash whose values are anything: `variables[KEY]=v` before they are looked at. No prototype. */
export const hash = <const O extends ParamOptions<RawParams>>(options?: O): ParamSpec<Declared<RawParams, O>> =>
  declareParam<RawParams, O>(
    { type: 'hash', emptyIsNull: false, read: (raw, name) => (isRawParams(raw) ? good(raw) : bad(name, 'is invalid')) },
    options,
  );

/** A hash from text to text; numbers and booleans become text. No prototype. */
export const stringHash = <const O extends ParamOptions<Readonly<Record<string, string>>>>(
  options?: O,
): ParamSpec<Declared<Readonly<Record<string, string>>, O>> =>
  declareParam<Readonly<Record<string, string>>, O>(
    { type: 'hash', emptyIsNull: false, read: (raw, name) => readStringHash(raw, name) },
    options,
  );

function readStringHash(raw: NonNullable<RawValue>, name: string): Reading<Readonly<Record<string, string>>> {
  if (!isRawParams(raw)) return bad(name, 'is invalid');
  const texts = bareObject<string>();
  for (const [key, value] of Object.entries(raw)) {
    const text = value === null ? '' : toText(value);
    if (text === INVALID) return bad(name, 'is invalid');
    texts[key] = text;
  }
  return good(texts);
}

/** A file part of a multipart body, in memory. */
export const file = <const O extends ParamOptions<UploadedFile>>(options?: O): ParamSpec<Declared<UploadedFile, O>> =>
  declareParam<UploadedFile, O>(
    {
      type: 'file',
      emptyIsNull: true,
      read: (raw, name) => (isUploadedFile(raw) ? good(raw) : bad(name, 'is invalid')),
    },
    options,
  );

/** Whatever arrived, unread. */
export const anything = <const O extends ParamOptions<NonNullable<RawValue>>>(
  options?: O,
): ParamSpec<Declared<NonNullable<RawValue>, O>> =>
  declareParam<NonNullable<RawValue>, O>({ type: 'any', emptyIsNull: false, read: (raw) => good(raw) }, options);

function scalar<T>(type: string, coerce: Coercion<T>): ParamKind<T> {
  return {
    type,
    emptyIsNull: true,
    read: (raw, name) => {
      const value = coerce(raw);
      return value === INVALID ? bad(name, 'is invalid') : good(value);
    },
  };
}

function numeric(type: string, coerce: Coercion<number>, options: NumberOptions): ParamKind<number> {
  const { range, except = [] } = options;
  return {
    type,
    emptyIsNull: true,
    restricted: range !== undefined,
    ...(range === undefined ? {} : { range }),
    read: (raw, name) => {
      const value = coerce(raw);
      const inRange = value !== INVALID && value >= (range?.min ?? -Infinity) && value <= (range?.max ?? Infinity);
      const texts = [
        ...(value === INVALID ? ['is invalid'] : []),
        ...(range !== undefined && !inRange ? ['does not have a valid value'] : []),
        ...(value !== INVALID && except.includes(value) ? ['has a value not allowed'] : []),
      ];
      return value === INVALID || texts.length > 0 ? bad(name, ...texts) : good(value);
    },
  };
}

function readList<T>(
  raw: NonNullable<RawValue>,
  name: string,
  readElement: (element: RawValue) => Reading<T>,
): Reading<readonly NonNullable<T>[]> {
  const elements = listOf(raw);
  if (elements === undefined) return bad(name, 'is invalid');
  const values: NonNullable<T>[] = [];
  for (const element of elements) {
    const reading = element === null ? bad(name, 'is invalid') : readElement(element);
    if (!reading.ok) return reading;
    if (reading.value === null || reading.value === undefined) return bad(name, 'is invalid');
    values.push(reading.value);
  }
  return good(values);
}
