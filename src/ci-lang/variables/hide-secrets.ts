import type { Variable } from './variable.ts';

/** The values that must not be shown, longest first: one may be part of another. */
export const secretsOf = (variables: readonly Variable[]): readonly string[] => {
  const values = variables.flatMap(({ value, masked }) => (masked === true && value !== '' ? [value] : []));
  return [...new Set(values)].toSorted((one, other) => other.length - one.length);
};

/** Each secret becomes `[MASKED]`, filled up with `x` to its length; a shorter one only `x`. */
export const hideSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, maskOf(secret.length)), text);

const MASK = '[MASKED]';

const maskOf = (length: number): string => (length < MASK.length ? 'x'.repeat(length) : MASK.padEnd(length, 'x'));
