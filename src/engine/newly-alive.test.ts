import { expect, it } from 'vitest';
import type { Status } from '../wire/statuses.ts';
import { findNewlyAlive } from './newly-alive.ts';
import { jobState } from './simulation.ts';

it.each<[Status, Status, boolean]>([
  ['failed', 'created', true],
  ['failed', 'pending', true],
  ['manual', 'pending', true],
  ['scheduled', 'running', true],
  ['skipped', 'created', true],
  ['manual', 'canceled', false],
  ['created', 'pending', false],
  ['failed', 'failed', false],
])('%s before, %s after: newly alive %s', (before, after, expected) => {
  const found = findNewlyAlive([jobState({ status: before })], [jobState({ status: after })]);
  expect(found).toHaveLength(expected ? 1 : 0);
});

it('compares latest rows by name', () => {
  const before = [jobState({ status: 'failed' })];
  const after = [jobState({ status: 'failed', retried: true }), jobState({ status: 'created' })];
  expect(findNewlyAlive(before, after)).toEqual([after[1]]);
  expect(findNewlyAlive(after, before)).toEqual([]);
  expect(findNewlyAlive([jobState({ name: 'other', status: 'failed' })], after)).toEqual([]);
});
