import { resolve } from 'node:path';
import type { ViteUserConfig } from 'vitest/config';
import { findSystemPostgres } from '../test/support/system-postgres.ts';
import { splitDatabaseTests } from './database-tests.ts';
import { TestReporter } from './test-reporter.ts';

const SYSTEM = 'postgresql 15';

/**
 * Long tests of what does not hang on PostgreSQL's version: who may what, what clients send, whole flows, and what is
 * mostly git's, zip's or the network's work. The other tests of the rooms do.
 */
const ONCE = [
  'test/matrix/',
  'test/clients/',
  'test/scenarios/',
  'src/rooms/artifacts/hostile-zips',
  'src/rooms/hooks/forbidden-targets',
  'src/rooms/merge-requests/merging',
  'src/rooms/pipelines/create/config-source/',
  'src/rooms/repositories/git-routes',
  'src/rooms/repositories/routes/',
  'src/rooms/runners/payload/',
];

/**
 * Three projects in one run: `plain` (no database), `embedded` (every file whose imports reach
 * `test/support/database.ts`) and the same files again against the system's PostgreSQL 15 where it is installed.
 */
export const penstockTests = (options: {
  readonly include: readonly string[];
  /** A folder whose tests are left out. */
  readonly exclude?: string;
  readonly testTimeoutMs?: number;
}): ViteUserConfig => {
  const root = resolve(import.meta.dirname, '..');
  const { plain, database } = splitDatabaseTests(root, options.include);
  const wanted = (files: readonly string[]): string[] =>
    files.filter((file) => options.exclude === undefined || !file.startsWith(options.exclude));
  const project = (name: string, include: readonly string[], globalSetup?: string) => ({
    extends: true as const,
    test: {
      name,
      // Tests start thousands of gits, and a small process is forked faster.
      execArgv: ['--max-semi-space-size=2'],
      include: wanted(include),
      ...(globalSetup === undefined ? {} : { globalSetup, setupFiles: ['test/support/drop-databases.ts'] }),
    },
  });
  const system = findSystemPostgres(15);
  const again = database.filter((file) => !ONCE.some((start) => file.startsWith(start)));
  const onSystem = [project('postgresql-15', again, 'test/support/start-system-postgres.ts')];
  return {
    root,
    test: {
      // Without isolation the suite takes an eighth of the time: a test that leaves global state behind is at fault.
      isolate: false,
      pool: 'forks',
      // One more than the two cores we aim at: tests wait for git and PostgreSQL, and a fourth gains nothing.
      maxWorkers: 3,
      testTimeout: options.testTimeoutMs ?? 30_000,
      hookTimeout: 60_000,
      teardownTimeout: 30_000,
      reporters: [
        new TestReporter({
          requireAll: process.env['PENSTOCK_REQUIRE_ALL'] === '1',
          leftOut:
            system === undefined
              ? [{ program: SYSTEM, besides: 'embedded', what: `the database's tests against ${SYSTEM}` }]
              : [],
        }),
      ],
      projects: [
        project('plain', plain),
        project('embedded', database, 'test/support/start-embedded-postgres.ts'),
        ...(system === undefined ? [] : onSystem),
      ],
    },
  };
};
