import { describe, expect, it } from 'vitest';
import type { PipelineId } from '../kit/ids.ts';
import type { AutoCancelCandidate, NewPipeline } from './auto-cancel.ts';
import { autoCancelMode, isCiSource, isRedundant } from './auto-cancel.ts';
import { at, jobState } from './simulation.ts';
import type { JobState } from './types.ts';

const DAY = 86_400;
const NOW = at(30 * DAY);

const id = (value: number): PipelineId => value as PipelineId;

const newer: NewPipeline = { id: id(10), ref: 'main', sha: 'new', source: 'push', headSha: 'new' };

const older: AutoCancelCandidate = {
  id: id(5),
  status: 'running',
  source: 'push',
  ref: 'main',
  sha: 'old',
  createdAt: at(29 * DAY),
  rootId: id(5),
  onNewCommit: 'conservative',
};

describe('a newer commit makes a pipeline redundant', () => {
  it('on the same ref', () => {
    expect(isRedundant(older, newer, NOW)).toBe(true);
  });

  it.each<[string, Partial<AutoCancelCandidate>, Partial<NewPipeline>]>([
    ['another ref', { ref: 'other' }, {}],
    ['itself', { id: newer.id, rootId: newer.id }, {}],
    ['a pipeline that is over', { status: 'success' }, {}],
    ['a pipeline that is being canceled', { status: 'canceling' }, {}],
    ['the same commit', { sha: 'new' }, {}],
    ['the commit on which the ref stands now', { sha: 'head' }, { headSha: 'head' }],
    ['a newer pipeline', { id: id(11), rootId: id(11) }, {}],
    ['a pipeline of eight days ago', { createdAt: at(22 * DAY) }, {}],
    ['a source that does not count for the ref', { source: 'webide' }, {}],
    ['a child of the new pipeline', { source: 'parent_pipeline', id: id(11), rootId: newer.id }, {}],
    ['anything, when the new one is a child', {}, { source: 'parent_pipeline' }],
  ])('but not %s', (_name, candidate, pipeline) => {
    expect(isRedundant({ ...older, ...candidate }, { ...newer, ...pipeline }, NOW)).toBe(false);
  });

  it.each<[string, Partial<AutoCancelCandidate>]>([
    ['waits for a person', { status: 'manual' }],
    ['was created exactly seven days ago', { createdAt: at(23 * DAY) }],
    ['was triggered', { source: 'trigger' }],
    [
      'is a child of an older one, though created later itself',
      { source: 'parent_pipeline', id: id(12), rootId: id(5) },
    ],
  ])('also one that %s', (_name, candidate) => {
    expect(isRedundant({ ...older, ...candidate }, newer, NOW)).toBe(true);
  });

  it('also where the ref is gone', () => {
    expect(isRedundant(older, { ...newer, headSha: null }, NOW)).toBe(true);
  });

  it('tells ci sources from the others', () => {
    expect((['push', 'trigger', 'schedule', 'api', 'pipeline'] as const).every(isCiSource)).toBe(true);
    expect((['parent_pipeline', 'webide', 'duo_workflow'] as const).some(isCiSource)).toBe(false);
  });
});

describe('how much of it is canceled', () => {
  const rows = (...jobs: Partial<JobState>[]) => jobs.map((job) => jobState(job));

  it('none: nothing', () => {
    expect(autoCancelMode('none', rows({ status: 'pending' }))).toBeNull();
  });

  it('interruptible: what is interruptible', () => {
    expect(autoCancelMode('interruptible', rows({ status: 'running' }))).toBe('interruptible');
  });

  it.each<[string, 'all' | null, Partial<JobState>]>([
    ['pending', 'all', { status: 'pending' }],
    ['running', null, { status: 'running' }],
    ['running and interruptible', 'all', { status: 'running', interruptible: true }],
    ['done', null, { status: 'success', startedAt: at(1) }],
    ['failed', null, { status: 'failed', startedAt: at(1) }],
    ['failed before it ran', 'all', { status: 'failed' }],
    ['canceled', 'all', { status: 'canceled', startedAt: at(1) }],
    ['done in an older attempt', 'all', { status: 'failed', startedAt: at(1), retried: true }],
    ['manual', 'all', { status: 'manual' }],
  ])('conservative with a job that is %s: %s', (_name, expected, job) => {
    const interruptible: Partial<JobState> = { status: 'running', interruptible: true };
    expect(autoCancelMode('conservative', rows(interruptible, job))).toBe(expected);
  });
});
