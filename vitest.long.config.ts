import { defineConfig } from 'vitest/config';
import { penstockTests } from './scripts/vitest-projects.ts';

/** `npm run test:long`: campaigns too long for `npm test`, such as fifty kills of the database. */
export default defineConfig(penstockTests({ include: ['test/long/**/*.test.ts'], testTimeoutMs: 3_600_000 }));
