import { writeFileSync } from 'node:fs';
import { SCHEMA_SNAPSHOT } from './schema-snapshot.ts';
import { withMigratedDatabase } from './throw-away-database.ts';

await withMigratedDatabase(async (_url, schema) => writeFileSync(SCHEMA_SNAPSHOT, schema));
