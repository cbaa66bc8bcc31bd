import { expect, it } from 'vitest';
import { planPipeline } from './plan.ts';

const STAGES = ['.pre', 'build', 'test', '.post'];

it('keeps only stages with jobs, at their place in the whole list', () => {
  const { stages } = planPipeline(STAGES, [
    { name: 'b', stage: '.post' },
    { name: 'a', stage: 'build' },
    { name: 'c', stage: 'build' },
  ]);
  expect(stages).toEqual([
    { name: 'build', position: 1, status: 'created' },
    { name: '.post', position: 3, status: 'created' },
  ]);
});

it('keeps the order and the words of the jobs and adds how they start', () => {
  const { jobs } = planPipeline(STAGES, [
    { name: 'b', stage: 'test', when: 'manual' },
    { name: 'a', stage: '.pre', when: 'always' },
  ]);
  expect(jobs).toMatchObject([
    { name: 'b', stageIndex: 2, when: 'manual', status: 'created', retried: false, startedAt: null },
    { name: 'a', stageIndex: 0, when: 'always', status: 'created', enqueueImmediately: false, queuedAt: null },
  ]);
});

it('throws for a stage that is not in the list', () => {
  expect(() => planPipeline(STAGES, [{ name: 'a', stage: 'deploy' }])).toThrow('job a: no stage deploy');
});
