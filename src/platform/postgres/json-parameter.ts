/**
 * JSON for a `jsonb` parameter. Half of a surrogate pair becomes U+FFFD, as in a `text` parameter: PostgreSQL would refuse
 * the whole.
 */
export const jsonParameter = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? inner.toWellFormed() : inner));
