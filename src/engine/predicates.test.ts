import { describe, expect, it } from 'vitest';
import { STATUSES } from '../wire/statuses.ts';
import {
  isActionJob,
  isCancelableJob,
  isCancelablePipeline,
  isErasable,
  isPlayable,
  isRetryable,
} from './predicates.ts';
import { jobState } from './simulation.ts';
import type { JobState } from './types.ts';

const those = (test: (job: JobState) => boolean, given: Partial<JobState> = {}) =>
  STATUSES.filter((status) => test(jobState({ ...given, status })));

describe('what may be done to a job by its status', () => {
  it('retry', () => {
    expect(those((job) => isRetryable(job))).toEqual(['success', 'failed', 'canceling', 'canceled']);
    expect(those((job) => isRetryable(job, true))).toEqual([]);
    expect(those((job) => isRetryable(job), { retried: true })).toEqual([]);
  });

  it('play', () => {
    const playable = ['success', 'failed', 'canceling', 'canceled', 'manual', 'scheduled'];
    expect(those((job) => isPlayable(job), { when: 'manual' })).toEqual(playable);
    expect(those((job) => isPlayable(job), { when: 'delayed' })).toEqual(playable);
    expect(those((job) => isPlayable(job), { when: 'always' })).toEqual([]);
    expect(those((job) => isPlayable(job, true), { when: 'manual' })).toEqual([]);
    expect(those((job) => isPlayable(job), { when: 'manual', retried: true })).toEqual([]);
  });

  it('cancel', () => {
    expect(those(isCancelableJob)).toEqual([
      'created',
      'waiting_for_resource',
      'preparing',
      'waiting_for_callback',
      'pending',
      'running',
    ]);
  });

  it('erase', () => {
    const completed = ['success', 'failed', 'canceled', 'skipped'];
    expect(those((job) => isErasable(job, { trace: true, artifacts: false }))).toEqual(completed);
    expect(those((job) => isErasable(job, { trace: false, artifacts: true }))).toEqual(completed);
    expect(those((job) => isErasable(job, { trace: false, artifacts: false }))).toEqual([]);
  });
});

it('a pipeline is cancelable while a latest job is not over, unless it is external', () => {
  const manual = [jobState({ status: 'success' }), jobState({ status: 'manual' })];
  expect(isCancelablePipeline({ source: 'push' }, manual)).toBe(true);
  expect(isCancelablePipeline({ source: 'external' }, manual)).toBe(false);
  expect(isCancelablePipeline({ source: 'push' }, [jobState({ status: 'running', retried: true })])).toBe(false);
  expect(isCancelablePipeline({ source: 'push' }, [jobState({ status: 'canceling' })])).toBe(false);
});

it('manual and delayed jobs are actions, a delayed trigger job is not', () => {
  expect(isActionJob({ when: 'manual', isBridge: true })).toBe(true);
  expect(isActionJob({ when: 'delayed', isBridge: false })).toBe(true);
  expect(isActionJob({ when: 'delayed', isBridge: true })).toBe(false);
  expect(isActionJob({ when: 'always', isBridge: false })).toBe(false);
});
