import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../test/support/database.ts';
import { describeSchema } from './describe-schema.ts';
import { SCHEMA_SNAPSHOT, SCHEMA_TYPES, typesHeader } from './schema-snapshot.ts';

describe('the schema that the migrations make', () => {
  let schema: string;
  beforeAll(async () => {
    const { pool } = await testDatabase();
    schema = await describeSchema(async (statement) => (await pool.query(statement)).rows);
  });

  it('is the one in schema.snapshot.txt (else: npm run db:snapshot)', () => {
    expect(schema).toBe(readFileSync(SCHEMA_SNAPSHOT, 'utf8'));
  });

  it('is the one that schema.ts was generated from (else: npm run db:types)', () => {
    expect(readFileSync(SCHEMA_TYPES, 'utf8')).toContain(typesHeader(schema));
  });
});
