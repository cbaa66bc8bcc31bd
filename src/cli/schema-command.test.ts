import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('prints the schema as JSON', () => {
  const main = resolve(import.meta.dirname, '../main.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, 'schema'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ title: '.gitlab-ci.yml', dependencies: { spec: { maxProperties: 1 } } });
});
