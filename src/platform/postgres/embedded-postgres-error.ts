/**
 * The embedded database cannot be started or reached. The message is one for the operator: it says what is wrong,
 * where, and what can be done about it.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
