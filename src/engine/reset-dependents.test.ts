import { describe, expect, it } from 'vitest';
import type { JobId } from '../kit/ids.ts';
import type { Status } from '../wire/statuses.ts';
import { resetDependents } from './reset-dependents.ts';
import { at, jobState } from './simulation.ts';
import type { JobState } from './types.ts';

const row = (name: string, stageIndex: number, status: Status, needs?: readonly string[]): JobState =>
  jobState({
    id: name.charCodeAt(0) as JobId,
    name,
    stageIndex,
    status,
    schedulingType: needs === undefined ? 'stage' : 'dag',
    needs: (needs ?? []).map((need) => ({ name: need, optional: false, artifacts: true })),
  });

const resetNames = (jobs: readonly JobState[], ...started: string[]): readonly string[] => {
  const moves = resetDependents(
    jobs,
    jobs.filter((job) => started.includes(job.name)),
    at(1),
  );
  expect(moves.every((move) => move.command === 'process' && move.from === 'skipped' && move.to === 'created')).toBe(
    true,
  );
  return moves.flatMap((move) => jobs.filter((job) => job.id === move.id).map((job) => job.name));
};

describe('reset of skipped jobs', () => {
  it('takes those that need a started job, also through others that were not skipped', () => {
    const jobs = [
      row('a', 1, 'failed'),
      row('b', 1, 'success', ['a']),
      row('c', 1, 'skipped', ['b']),
      row('d', 1, 'skipped', ['c']),
      row('e', 1, 'skipped', ['x']),
    ];
    expect(resetNames(jobs, 'a')).toEqual(['c', 'd']);
  });

  it('takes everything skipped in later stages, with and without needs, and nothing in earlier ones', () => {
    const jobs = [
      row('a', 0, 'skipped'),
      row('b', 1, 'failed'),
      row('c', 1, 'skipped'),
      row('d', 2, 'skipped', ['z']),
      row('e', 3, 'skipped'),
    ];
    expect(resetNames(jobs, 'b')).toEqual(['d', 'e']);
  });

  it('counts later stages from the earliest started job', () => {
    const jobs = [row('a', 0, 'failed'), row('b', 1, 'skipped'), row('c', 2, 'failed')];
    expect(resetNames(jobs, 'a', 'c')).toEqual(['b']);
    expect(resetNames(jobs, 'c')).toEqual([]);
  });

  it('leaves what is not skipped as it is', () => {
    const others: readonly Status[] = ['created', 'pending', 'running', 'success', 'failed', 'canceled', 'manual'];
    const jobs = [row('a', 0, 'failed'), ...others.map((status, index) => row(`${index}`, 1, status, ['a']))];
    expect(resetNames(jobs, 'a')).toEqual([]);
  });

  it('goes by stage, and inside a stage by needs', () => {
    const jobs = [
      row('e', 2, 'skipped'),
      row('d', 1, 'skipped', ['c']),
      row('c', 1, 'skipped', ['b']),
      row('b', 1, 'skipped'),
      row('a', 0, 'failed'),
    ];
    expect(resetNames(jobs, 'a')).toEqual(['b', 'c', 'd', 'e']);
  });

  it('ends in a circle of needs', () => {
    const jobs = [row('a', 1, 'skipped', ['b']), row('b', 1, 'skipped', ['a'])];
    expect(resetNames(jobs, 'a')).toHaveLength(2);
  });

  it('of nothing is nothing', () => {
    expect(resetNames([row('a', 0, 'skipped')])).toEqual([]);
  });
});
