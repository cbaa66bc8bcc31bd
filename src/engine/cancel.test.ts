import { describe, expect, it } from 'vitest';
import { STATUSES } from '../wire/statuses.ts';
import { cancelPipeline, findCancel } from './cancel.ts';
import type { SimulatedJob } from './simulation.ts';
import { at, jobState, PipelineSimulation } from './simulation.ts';

const start = (...jobs: SimulatedJob[]) => new PipelineSimulation(['build', 'test', 'deploy'], jobs);

describe('cancel of a job', () => {
  const cancelable = ['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running'];

  it.each(STATUSES)('%s', (status) => {
    const move = findCancel(jobState({ status }), false, at(1));
    expect(move?.to).toBe(cancelable.includes(status) ? 'canceled' : undefined);
  });

  it('lets a running one finish its after_script where its runner can', () => {
    expect(findCancel(jobState({ status: 'running' }), true, at(1))?.to).toBe('canceling');
    expect(findCancel(jobState({ status: 'pending' }), true, at(1))?.to).toBe('canceled');
  });
});

describe('cancel of a pipeline', () => {
  const jobs: readonly SimulatedJob[] = [
    { name: 'done', stage: 'build' },
    { name: 'bridge', isBridge: true },
    { name: 'run', interruptible: true },
    { name: 'wait' },
    { name: 'play', when: 'manual' },
    { name: 'later', when: 'delayed', startIn: 60, interruptible: true },
    { name: 'end', stage: 'deploy', interruptible: true },
  ];

  const underWay = (): PipelineSimulation => {
    const pipeline = start(...jobs);
    pipeline.success('done');
    pipeline.run('run');
    return pipeline;
  };

  it('takes everything that is not over, trigger jobs last', () => {
    const pipeline = underWay();
    const moves = cancelPipeline(pipeline.snapshot, 'all', () => false, at(9));
    const names = moves.map((move) => pipeline.snapshot.jobs.find((job) => job.id === move.id)?.name);
    expect(names).toEqual(['run', 'wait', 'play', 'later', 'end', 'bridge']);
    pipeline.cancelPipeline();
    expect(pipeline.snapshot.pipeline.status).toBe('canceled');
  });

  it('is canceling until the runner has reported', () => {
    const pipeline = start({ name: 'a' }, { name: 'b' });
    pipeline.run('a');
    pipeline.cancelPipeline({ graceful: true });
    expect(pipeline.picture).toBe('canceling | test=canceling | a=canceling b=canceled');
    pipeline.success('a');
    expect(pipeline.picture).toBe('canceled | test=canceled | a=canceled b=canceled');
  });

  it('in safe mode takes only interruptible jobs', () => {
    const pipeline = underWay();
    pipeline.cancelPipeline({ mode: 'interruptible' });
    const canceled = pipeline.snapshot.jobs.filter((job) => job.status === 'canceled').map((job) => job.name);
    expect(canceled).toEqual(['run', 'later', 'end']);
  });

  it('leaves older attempts alone', () => {
    const pipeline = start({ name: 'a' });
    pipeline.run('a');
    pipeline.cancelPipeline({ graceful: true });
    pipeline.retry('a');
    expect(pipeline.snapshot.jobs.map((job) => job.status)).toEqual(['canceling', 'pending']);
    pipeline.cancelPipeline();
    expect(pipeline.snapshot.jobs.map((job) => job.status)).toEqual(['canceling', 'canceled']);
  });

  it('leaves an older attempt alone even if it is still on its way', () => {
    const { snapshot } = start({ name: 'a' });
    const jobs = [...snapshot.jobs, jobState({ status: 'running', retried: true })];
    expect(cancelPipeline({ ...snapshot, jobs }, 'all', () => false, at(9))).toHaveLength(1);
  });

  it('does nothing to a finished or an external pipeline', () => {
    const pipeline = start({ name: 'a' });
    const { snapshot } = pipeline;
    const external = { ...snapshot, pipeline: { ...snapshot.pipeline, source: 'external' } } as const;
    expect(cancelPipeline(external, 'all', () => false, at(9))).toEqual([]);
    pipeline.success('a');
    expect(cancelPipeline(pipeline.snapshot, 'all', () => false, at(9))).toEqual([]);
  });

  it('follows a failure where the pipeline asks for it', () => {
    const pipeline = new PipelineSimulation(
      ['build', 'test'],
      [
        { name: 'a', stage: 'build' },
        { name: 'b', stage: 'build' },
        { name: 'c', stage: 'build', allowFailure: true },
        { name: 'd' },
      ],
      { cancelOnJobFailure: true },
    );
    pipeline.drop('c');
    expect(pipeline.job('a').status).toBe('pending');
    pipeline.drop('b');
    expect(pipeline.picture).toBe('failed | build=failed test=canceled | a=canceled b=failed c=failed d=canceled');
  });
});
