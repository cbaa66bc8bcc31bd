import type { ParamRule, Problem } from './param-spec.ts';
import type { RawParams } from './raw-params.ts';

const present = (names: readonly string[], raw: RawParams): readonly string[] =>
  names.filter((name) => Object.hasOwn(raw, name));

const problem = (names: readonly string[], text: string): readonly Problem[] => [{ attribute: names.join(', '), text }];

const rule = (names: readonly string[], check: (found: readonly string[]) => readonly Problem[]): ParamRule => ({
  names,
  check: (raw) => check(present(names, raw)),
});

/** `a, b are mutually exclusive`. A null counts as sent. */
export const mutuallyExclusive = (...names: readonly string[]): ParamRule =>
  rule(names, (found) => (found.length > 1 ? problem(found, 'are mutually exclusive') : []));

/** `a, b are missing, at least one parameter must be provided`. */
export const atLeastOneOf = (...names: readonly string[]): ParamRule =>
  rule(names, (found) =>
    found.length === 0 ? problem(names, 'are missing, at least one parameter must be provided') : [],
  );

/** One and no more. */
export const exactlyOneOf = (...names: readonly string[]): ParamRule =>
  rule(names, (found) => {
    if (found.length > 1) return problem(found, 'are mutually exclusive');
    return found.length === 0 ? problem(names, 'are missing, exactly one parameter must be provided') : [];
  });

/** `a, b provide all or none of parameters`. */
export const allOrNoneOf = (...names: readonly string[]): ParamRule =>
  rule(names, (found) =>
    found.length > 0 && found.length < names.length ? problem(names, 'provide all or none of parameters') : [],
  );
