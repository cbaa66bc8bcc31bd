import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SCHEMA_TYPES, typesHeader } from './schema-snapshot.ts';
import { withMigratedDatabase } from './throw-away-database.ts';

const root = resolve(import.meta.dirname, '..');
/**
 * As `src/platform/postgres/value-types.ts` reads them. JSON is read as `unknown` (check what it is) and written as
 * text: the driver would send an array as PostgreSQL's own array, which is not JSON.
 */
const TYPES = { int8: 'number', date: 'string', bytea: 'Buffer' };
const JSON_TYPE = 'export type Json = ColumnType<unknown, string, string>;\n';

/** The text of `schema.ts` for the database at that URL. */
const generate = (url: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-types-'));
  const file = join(folder, 'schema.ts');
  try {
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
        '--dialect=postgres',
        `--url=${url}`,
        `--out-file=${file}`,
        '--exclude-pattern=*schema_migrations',
        `--type-mapping=${JSON.stringify(TYPES)}`,
        '--log-level=warn',
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

await withMigratedDatabase(async (url, schema) => {
  const text = generate(url)
    .replace(/^(\/\*\*[\s\S]*?\*\/\s*)?/, typesHeader(schema))
    // The generator's own types of JSON allow an array to be written as it is.
    .replace(/export type Json = [\s\S]*?(?=export type (?!Json)|export interface)/, `${JSON_TYPE}\n`);
  writeFileSync(SCHEMA_TYPES, text);
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', SCHEMA_TYPES], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
});
