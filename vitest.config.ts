import { defineConfig } from 'vitest/config';
import { penstockTests } from './scripts/vitest-projects.ts';

/** `npm test`: everything but the long campaigns. */
export default defineConfig(
  penstockTests({ include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'], exclude: 'test/long/' }),
);
