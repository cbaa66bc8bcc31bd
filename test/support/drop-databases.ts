import { afterAll } from 'vitest';
import { dropTestDatabases } from './database.ts';

/** Set-up file of the projects with a database: each test file's databases go when it ends. */
afterAll(dropTestDatabases);
