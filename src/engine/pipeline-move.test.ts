import { describe, expect, it } from 'vitest';
import type { PipelineId } from '../kit/ids.ts';
import type { Status } from '../wire/statuses.ts';
import { findPipelineMove } from './pipeline-move.ts';
import { at, jobState } from './simulation.ts';
import type { JobState, PipelineState } from './types.ts';

const pipeline = (given: Partial<PipelineState> = {}): PipelineState => ({
  id: 1 as PipelineId,
  status: 'created',
  source: 'push',
  startedAt: null,
  finishedAt: null,
  duration: null,
  autoCanceledById: null,
  ...given,
});

const move = (before: Partial<PipelineState>, ...jobs: Partial<JobState>[]) =>
  findPipelineMove(
    pipeline(before),
    jobs.map((job) => jobState(job)),
    at(100),
  );

describe('pending', () => {
  it.each<[Status, Status | undefined]>([
    ['created', 'pending'],
    ['manual', 'pending'],
    ['skipped', 'pending'],
    ['scheduled', 'pending'],
    ['preparing', 'pending'],
    ['waiting_for_resource', 'pending'],
    ['success', 'running'],
    ['failed', 'running'],
    ['canceled', 'running'],
    ['canceling', 'running'],
    ['running', undefined],
    ['pending', undefined],
  ])('arriving while %s is written as %s', (status, to) => {
    expect(move({ status }, { status: 'pending' })?.to).toBe(to);
  });
});

describe('times', () => {
  it('a pipeline that passed and is skipped after a retry has no end any more', () => {
    const retried = { status: 'manual', when: 'manual', allowFailure: true } as const;
    expect(move({ status: 'success', startedAt: at(5), finishedAt: at(50) }, retried)?.changes).toEqual({
      status: 'skipped',
      finishedAt: null,
    });
  });

  it('the first running starts it, later ones do not', () => {
    expect(move({ status: 'pending' }, { status: 'running' })?.changes).toEqual({
      status: 'running',
      startedAt: at(100),
    });
    expect(move({ status: 'failed', startedAt: at(5), finishedAt: at(50) }, { status: 'pending' })?.changes).toEqual({
      status: 'running',
      finishedAt: null,
    });
  });

  it.each(['success', 'failed', 'canceled'] as const)('%s ends it with its duration', (status) => {
    const job = { status, startedAt: at(10), finishedAt: at(90) };
    expect(move({ status: 'running', startedAt: at(10) }, job)?.changes).toEqual({
      status,
      finishedAt: at(100),
      duration: 80,
    });
  });

  it('what ended before anybody saw it running started with its first job', () => {
    const jobs = [
      { status: 'success', startedAt: at(60), finishedAt: at(61) },
      { status: 'success', startedAt: at(20), finishedAt: at(30) },
    ] as const;
    expect(move({ status: 'pending' }, ...jobs)?.changes).toEqual({
      status: 'success',
      startedAt: at(20),
      finishedAt: at(100),
      duration: 11,
    });
  });

  it('what ended without running has no start and no duration', () => {
    expect(move({ status: 'pending' }, { status: 'canceled' })?.changes).toEqual({
      status: 'canceled',
      finishedAt: at(100),
    });
  });

  it('manual is measured, but is no end', () => {
    const done = { status: 'success', startedAt: at(10), finishedAt: at(40) } as const;
    expect(move({ status: 'running', startedAt: at(10) }, done, { status: 'manual' })?.changes).toEqual({
      status: 'manual',
      duration: 30,
    });
  });

  it('skipped has no end', () => {
    expect(move({ status: 'created' }, { status: 'skipped' })?.changes).toEqual({ status: 'skipped' });
  });
});

it('leaving canceled forgets who made it redundant', () => {
  const autoCanceledById = 7 as PipelineId;
  expect(move({ status: 'canceled', autoCanceledById }, { status: 'pending' })?.changes.autoCanceledById).toBeNull();
  expect(move({ status: 'running', autoCanceledById }, { status: 'canceled' })?.changes).not.toHaveProperty(
    'autoCanceledById',
  );
});

it('an undecided pipeline is not moved', () => {
  expect(move({ status: 'failed' }, { status: 'created' })).toBeNull();
  expect(move({ status: 'failed' })).toBeNull();
});
