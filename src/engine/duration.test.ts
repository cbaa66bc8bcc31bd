import { expect, it } from 'vitest';
import { pipelineDuration } from './duration.ts';
import { at, jobState } from './simulation.ts';

type Run = readonly [start: number | null, end: number | null, status?: 'success' | 'running' | 'pending' | 'skipped'];

it.each<[string, readonly Run[], number]>([
  ['nothing ran', [[null, null, 'skipped']], 0],
  ['one', [[10, 25]], 15],
  [
    'one after the other, the time between left out',
    [
      [10, 20],
      [50, 55],
    ],
    15,
  ],
  [
    'side by side counts once',
    [
      [10, 30],
      [15, 20],
      [25, 40],
    ],
    30,
  ],
  [
    'touching',
    [
      [10, 20],
      [20, 30],
    ],
    20,
  ],
  [
    'in any order',
    [
      [50, 60],
      [0, 5],
    ],
    15,
  ],
  [
    'one inside another, then a gap',
    [
      [0, 100],
      [10, 20],
      [110, 120],
    ],
    110,
  ],
  ['still running', [[90, null, 'running']], 10],
  ['taken back to the queue', [[90, null, 'pending']], 0],
  [
    'whole seconds, rounded down at the end only',
    [
      [0, 0.6],
      [1, 1.6],
      [2, 2.6],
    ],
    1,
  ],
])('%s', (_name, runs, expected) => {
  const jobs = runs.map(([start, end, status = 'success']) =>
    jobState({ status, startedAt: start === null ? null : at(start), finishedAt: end === null ? null : at(end) }),
  );
  expect(pipelineDuration(jobs, at(100))).toBe(expected);
});

it('leaves older attempts out', () => {
  const job = jobState({ status: 'failed', startedAt: at(0), finishedAt: at(50), retried: true });
  expect(pipelineDuration([job], at(100))).toBe(0);
});
