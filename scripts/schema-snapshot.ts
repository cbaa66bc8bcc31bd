import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

/** Where the readable schema stands: every change of the database is a line in a diff. */
export const SCHEMA_SNAPSHOT = resolve(import.meta.dirname, '../src/platform/postgres/schema.snapshot.txt');
/** Where the generated types of its tables stand. */
export const SCHEMA_TYPES = resolve(import.meta.dirname, '../src/platform/postgres/schema.ts');

/** What the generated types open with: it names the schema that they were made from, so that a test sees old ones. */
export const typesHeader = (schema: string): string => {
  const hash = createHash('sha256').update(schema).digest('hex').slice(0, 16);
  return `/** The database as the migrations make it (schema ${hash}). Written by \`npm run db:types\`, not by hand. */\n`;
};
