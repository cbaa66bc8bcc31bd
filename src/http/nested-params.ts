import { bareObject } from './bare-object.ts';
import type { Declared, ParamOptions } from './declare-param.ts';
import { bad, declareParam, good } from './declare-param.ts';
import type { ParamSpec, ParamSpecs, Params, Problem, Reading } from './param-spec.ts';
import type { RawParams, RawValue } from './raw-params.ts';
import { isRawParams, listOf } from './raw-params.ts';

/** Reads every declared parameter; all problems together, in the order of declaration. `nameOf` gives the full name for messages. */
export function readParams<P extends ParamSpecs>(
  specs: P,
  raw: RawParams,
  nameOf?: (key: string) => string,
  nested?: boolean,
): Reading<Params<P>>;
export function readParams(
  specs: ParamSpecs,
  raw: RawParams,
  nameOf: (key: string) => string = (key) => key,
  nested = false,
): Reading<Readonly<Record<string, unknown>>> {
  const problems: Problem[] = [];
  const values = bareObject<unknown>();
  for (const [key, spec] of Object.entries(specs)) {
    const reading = spec.read(Object.hasOwn(raw, key) ? raw[key] : undefined, nameOf(key), nested);
    if (reading.ok) values[key] = reading.value;
    else problems.push(...reading.problems);
  }
  return problems.length > 0 ? { ok: false, problems } : good(values);
}

/** A hash with declared keys; problems are named `name[key]`. */
export const hashOf = <C extends ParamSpecs, const O extends ParamOptions<Params<C>>>(
  children: C,
  options?: O,
): ParamSpec<Declared<Params<C>, O>> =>
  declareParam<Params<C>, O>(
    { type: 'hash', emptyIsNull: true, children, read: (raw, name) => readHash(children, raw, name) },
    options,
  );

/** A list of hashes with declared keys (`variables[][key]=…`, `variables[0][key]=…`, JSON); problems are named `name[0][key]`. */
export const arrayOfHashes = <C extends ParamSpecs, const O extends ParamOptions<readonly Params<C>[]>>(
  children: C,
  options?: O,
): ParamSpec<Declared<readonly Params<C>[], O>> =>
  declareParam<readonly Params<C>[], O>(
    {
      type: 'array',
      emptyIsNull: true,
      whenNull: [],
      children,
      read: (raw, name) => readHashes(children, raw, name),
    },
    options,
  );

function readHash<C extends ParamSpecs>(children: C, raw: RawValue, name: string): Reading<Params<C>> {
  return isRawParams(raw) ? readParams(children, raw, (key) => `${name}[${key}]`, true) : bad(name, 'is invalid');
}

function readHashes<C extends ParamSpecs>(children: C, raw: RawValue, name: string): Reading<readonly Params<C>[]> {
  const elements = listOf(raw);
  if (elements === undefined) return bad(name, 'is invalid');
  const problems: Problem[] = [];
  const values: Params<C>[] = [];
  for (const [index, element] of elements.entries()) {
    const reading = isRawParams(element)
      ? readHash(children, element, `${name}[${String(index)}]`)
      : bad(name, 'is invalid');
    if (reading.ok) values.push(reading.value);
    else problems.push(...reading.problems);
  }
  return problems.length > 0 ? { ok: false, problems } : good(values);
}
