import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRoutes } from '../../src/app/routes.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { RECIPES } from './recipes/index.ts';
import { linesOf, renderMatrix, walk } from './walk.ts';
import { makeWorld } from './world.ts';

const SNAPSHOT = join(import.meta.dirname, 'matrix.snapshot.txt');

describe('every route as every caller', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('has a recipe for each route that writes, and none for a route that is gone (test/matrix/recipes)', () => {
    const { missing, unknown } = linesOf(makeRoutes(app.parts), RECIPES);
    expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
  });

  it('is answered as matrix.snapshot.txt says (else, once read: npm run matrix:snapshot)', async () => {
    const { lines } = linesOf(makeRoutes(app.parts), RECIPES);
    const world = await makeWorld(app);
    const matrix = renderMatrix(lines, await walk(world, lines, { lanes: 3 }));
    if (process.env['PENSTOCK_MATRIX'] === 'update') writeFileSync(SNAPSHOT, matrix);
    expect(matrix).toBe(readFileSync(SNAPSHOT, 'utf8'));
  }, 400_000);
});
