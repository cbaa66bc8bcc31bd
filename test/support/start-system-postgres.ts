import type { TestProject } from 'vitest/node';
import { findSystemPostgres } from './system-postgres.ts';
import { startTestServer } from './test-server.ts';

/** Global set-up of the project `postgresql-15`: the same server, made of the system's binaries. */
export default (project: TestProject): Promise<() => Promise<void>> => {
  const bindir = findSystemPostgres(15);
  if (bindir === undefined) throw new Error('PostgreSQL 15 was there when the run began and is not any more');
  return startTestServer(project, { binaries: { bindir, major: 15, version: 'system 15' } });
};
