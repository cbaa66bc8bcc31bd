import { defineConfig } from 'vitest/config';
import { penstockTests } from './scripts/vitest-projects.ts';

/** `npm run test:long`: kills, storms, simulated months. Minutes to hours, so not part of `npm test`. */
export default defineConfig(penstockTests({ include: ['test/long/**/*.test.ts'], testTimeoutMs: 3_600_000 }));
