import type { ParamSpec, ParamSpecs, Problem, Reading } from './param-spec.ts';
import type { RawValue } from './raw-params.ts';
import { isRawArray, isRawParams } from './raw-params.ts';

export interface ParamOptions<T> {
  /** The key must be there (an empty text passes, unless `allowBlank` is false). */
  readonly required?: boolean;
  /** False: a blank value is refused with `is empty`. */
  readonly allowBlank?: false;
  /** Hand an explicit null to the handler instead of treating it as absent. */
  readonly nullable?: boolean;
  /** Used when the parameter is absent or null. */
  readonly default?: T;
  readonly description?: string;
}

/** What the handler gets for a value of type `T` under the options `O`. */
export type Declared<T, O> = T | NullOf<O> | AbsentOf<O>;
type NullOf<O> = O extends { readonly nullable: true } ? null : never;
type AbsentOf<O> = O extends { readonly required: true } | { readonly default: unknown } ? never : undefined;

/** What one kind of parameter knows: everything but presence, null and blankness, which are alike for all. */
export interface ParamKind<T> {
  readonly type: string;
  /** An empty text counts as null (for everything but strings). */
  readonly emptyIsNull: boolean;
  /** What null stands for when the handler cannot be given null; undefined: absent. */
  readonly whenNull?: T;
  readonly read: (raw: NonNullable<RawValue>, name: string) => Reading<T>;
  /** True for a kind with a closed set of values: then a missing required one is also `does not have a valid value`. */
  readonly restricted?: boolean;
  readonly values?: readonly unknown[];
  readonly range?: ParamSpec<unknown>['range'];
  readonly item?: ParamSpec<unknown>;
  readonly children?: ParamSpecs;
}

export const good = <T>(value: T): Reading<T> => ({ ok: true, value });
export const bad = (
  attribute: string,
  ...texts: readonly string[]
): { readonly ok: false; readonly problems: readonly Problem[] } => ({
  ok: false,
  problems: texts.map((text) => ({ attribute, text })),
});

/** Adds presence, null, default and blankness to a kind, with Grape's messages in Grape's order. */
export function declareParam<T, O extends ParamOptions<T>>(
  kind: ParamKind<T>,
  options: O | undefined,
): ParamSpec<Declared<T, O>>;
export function declareParam<T>(kind: ParamKind<T>, options: ParamOptions<T> = {}): ParamSpec<T | null | undefined> {
  return {
    type: kind.type,
    required: options.required === true,
    description: options.description,
    default: options.default,
    values: kind.values,
    range: kind.range,
    item: kind.item,
    children: kind.children,
    read: (raw, name, nested) =>
      raw === undefined ? readAbsent(kind, options, name, nested) : readPresent(kind, options, raw, name, nested),
  };
}

function readAbsent<T>(
  kind: ParamKind<T>,
  options: ParamOptions<T>,
  name: string,
  nested: boolean,
): Reading<T | undefined> {
  if (options.required !== true) return good(options.default);
  return bad(name, 'is missing', ...emptyText(options), ...(nested ? [] : valueText(kind)));
}

function readPresent<T>(
  kind: ParamKind<T>,
  options: ParamOptions<T>,
  raw: RawValue,
  name: string,
  nested: boolean,
): Reading<T | null | undefined> {
  if (raw === null || (raw === '' && kind.emptyIsNull)) return readNull(kind, options, name, nested);
  const reading = kind.read(raw, name);
  if (!isBlank(raw) || options.allowBlank !== false) return reading;
  return reading.ok
    ? bad(name, 'is empty')
    : { ok: false, problems: [...reading.problems, ...bad(name, 'is empty').problems] };
}

/**
 * A null. Grape hands it on; here a handler that did not ask for null (`nullable`) gets the default, the kind's own
 * stand-in (`''` for a string, `[]` for a list) or, where a value is required and none can stand in, the client gets `is invalid`.
 */
function readNull<T>(
  kind: ParamKind<T>,
  options: ParamOptions<T>,
  name: string,
  nested: boolean,
): Reading<T | null | undefined> {
  if (options.allowBlank === false) return bad(name, 'is empty');
  if (options.default !== undefined) return good(options.default);
  const required = options.required === true;
  if (required && !nested && kind.restricted === true) return bad(name, ...valueText(kind));
  if (options.nullable === true) return good(null);
  if (required) return kind.whenNull === undefined ? bad(name, 'is invalid') : good(kind.whenNull);
  return good(Array.isArray(kind.whenNull) ? kind.whenNull : undefined);
}

const emptyText = (options: ParamOptions<unknown>): readonly string[] =>
  options.allowBlank === false ? ['is empty'] : [];
const valueText = (kind: ParamKind<unknown>): readonly string[] =>
  kind.restricted === true ? ['does not have a valid value'] : [];

function isBlank(raw: NonNullable<RawValue>): boolean {
  if (typeof raw === 'string') return raw.trim() === '';
  if (isRawArray(raw)) return raw.length === 0;
  return isRawParams(raw) && Object.keys(raw).length === 0;
}
