import { describe, expect, it } from 'vitest';
import type { SimulatedJob } from './simulation.ts';
import { PipelineSimulation } from './simulation.ts';

const STAGES = ['.pre', 'build', 'test', 'deploy', '.post'];

const start = (...jobs: SimulatedJob[]): PipelineSimulation => new PipelineSimulation(STAGES, jobs);

describe('stages', () => {
  it('run one after the other', () => {
    const pipeline = start({ name: 'b', stage: 'build' }, { name: 't' }, { name: 'd', stage: 'deploy' });
    expect(pipeline.picture).toBe(
      'pending | build=pending test=created deploy=created | b=pending t=created d=created',
    );
    pipeline.run('b');
    expect(pipeline.picture).toBe(
      'running | build=running test=created deploy=created | b=running t=created d=created',
    );
    pipeline.success('b');
    expect(pipeline.picture).toBe(
      'running | build=success test=pending deploy=created | b=success t=pending d=created',
    );
    pipeline.success('t');
    pipeline.success('d');
    expect(pipeline.picture).toBe(
      'success | build=success test=success deploy=success | b=success t=success d=success',
    );
  });

  it('wait for all jobs of the stage before', () => {
    const pipeline = start({ name: 'b1', stage: 'build' }, { name: 'b2', stage: 'build' }, { name: 't' });
    pipeline.success('b1');
    expect(pipeline.job('t').status).toBe('created');
    pipeline.success('b2');
    expect(pipeline.job('t').status).toBe('pending');
  });

  it('are skipped to the end after a failure', () => {
    const pipeline = start({ name: 'b', stage: 'build' }, { name: 't' }, { name: 'd', stage: 'deploy' });
    pipeline.drop('b');
    expect(pipeline.picture).toBe('failed | build=failed test=skipped deploy=skipped | b=failed t=skipped d=skipped');
  });

  it('a failure does not stop its own stage', () => {
    const pipeline = start({ name: 'b1', stage: 'build' }, { name: 'b2', stage: 'build' }, { name: 't' });
    pipeline.drop('b1');
    expect(pipeline.picture).toBe('running | build=running test=created | b1=failed b2=pending t=created');
    pipeline.success('b2');
    expect(pipeline.picture).toBe('failed | build=failed test=skipped | b1=failed b2=success t=skipped');
  });

  it('an allowed failure is a success for what follows', () => {
    const pipeline = start({ name: 'b', stage: 'build', allowFailure: true }, { name: 't' });
    pipeline.drop('b');
    expect(pipeline.picture).toBe('pending | build=success test=pending | b=failed t=pending');
    pipeline.success('t');
    expect(pipeline.picture).toBe('success | build=success test=success | b=failed t=success');
  });

  it('an allowed cancel too', () => {
    const pipeline = start({ name: 'b', stage: 'build', allowFailure: true }, { name: 't' });
    pipeline.cancel('b');
    expect(pipeline.job('t').status).toBe('pending');
  });

  it('a stage without a job does not exist', () => {
    expect(start({ name: 'x', stage: '.post' }).snapshot.stages).toMatchObject([{ name: '.post', position: 4 }]);
  });
});

describe('when', () => {
  /** What becomes of the second job when the first one ends so. */
  it.each([
    ['on_success', false, 'success', 'pending'],
    ['on_success', false, 'drop', 'skipped'],
    ['on_success', false, 'cancel', 'skipped'],
    ['on_success', true, 'drop', 'pending'],
    ['on_success', true, 'cancel', 'pending'],
    ['on_failure', false, 'success', 'skipped'],
    ['on_failure', false, 'drop', 'pending'],
    ['on_failure', false, 'cancel', 'skipped'],
    ['on_failure', true, 'drop', 'skipped'],
    ['always', false, 'success', 'pending'],
    ['always', false, 'drop', 'pending'],
    ['always', false, 'cancel', 'skipped'],
    ['always', true, 'cancel', 'pending'],
    ['manual', false, 'success', 'manual'],
    ['manual', false, 'drop', 'skipped'],
    ['manual', false, 'cancel', 'skipped'],
    ['delayed', false, 'success', 'scheduled'],
    ['delayed', false, 'drop', 'skipped'],
  ] as const)('%s after allow_failure %s and %s: %s', (when, allowFailure, end, expected) => {
    const second: SimulatedJob = { name: 'b', stage: 'test', when, ...(when === 'delayed' ? { startIn: 60 } : {}) };
    for (const needs of [undefined, ['a']]) {
      const pipeline = start(
        { name: 'a', stage: 'build', allowFailure },
        needs === undefined ? second : { ...second, needs },
      );
      pipeline[end]('a');
      expect(pipeline.job('b').status).toBe(expected);
    }
  });

  it('on_failure in the first stage is skipped at once', () => {
    expect(start({ name: 'a', stage: 'build', when: 'on_failure' }, { name: 'b' }).picture).toBe(
      'pending | build=skipped test=pending | a=skipped b=pending',
    );
  });

  it('a skipped stage lets on_success and always run, and on_failure not', () => {
    const pipeline = start(
      { name: 'a', stage: 'build', when: 'on_failure' },
      { name: 'b' },
      { name: 'c', when: 'always' },
      { name: 'd', when: 'on_failure' },
      { name: 'e', when: 'manual' },
    );
    expect(pipeline.picture).toBe(
      'pending | build=skipped test=pending | a=skipped b=pending c=pending d=skipped e=manual',
    );
  });

  it('on_failure looks at all stages before, not only at the last', () => {
    const pipeline = start(
      { name: 'a', stage: 'build' },
      { name: 'b', when: 'always' },
      { name: 'c', stage: 'deploy', when: 'on_failure' },
    );
    pipeline.drop('a');
    expect(pipeline.job('c').status).toBe('created');
    pipeline.success('b');
    expect(pipeline.job('c').status).toBe('pending');
    pipeline.success('c');
    expect(pipeline.picture).toBe('failed | build=failed test=success deploy=success | a=failed b=success c=success');
  });
});

describe('manual jobs', () => {
  it('optional ones do not hold up what follows', () => {
    const pipeline = start({ name: 'a', stage: 'build', when: 'manual' }, { name: 'b' });
    expect(pipeline.picture).toBe('pending | build=skipped test=pending | a=manual b=pending');
    pipeline.success('b');
    expect(pipeline.picture).toBe('success | build=skipped test=success | a=manual b=success');
  });

  it('blocking ones do', () => {
    const pipeline = start({ name: 'a', stage: 'build', when: 'manual', allowFailure: false }, { name: 'b' });
    expect(pipeline.picture).toBe('manual | build=manual test=created | a=manual b=created');
    pipeline.play('a');
    expect(pipeline.picture).toBe('pending | build=pending test=created | a=pending b=created');
    pipeline.success('a');
    pipeline.success('b');
    expect(pipeline.snapshot.pipeline.status).toBe('success');
  });

  it('a pipeline of optional ones only is skipped', () => {
    expect(start({ name: 'a', when: 'manual' }, { name: 'b', when: 'manual' }).picture).toBe(
      'skipped | test=skipped | a=manual b=manual',
    );
  });

  it('a failure beside a blocking one shows as manual until that is decided', () => {
    const pipeline = start({ name: 'a' }, { name: 'b', when: 'manual', allowFailure: false });
    pipeline.drop('a');
    expect(pipeline.snapshot.pipeline.status).toBe('manual');
    pipeline.cancelPipeline();
    expect(pipeline.picture).toBe('failed | test=failed | a=failed b=canceled');
  });

  it('played in a finished pipeline they make it run again', () => {
    const pipeline = start({ name: 'a', stage: 'build' }, { name: 'b', when: 'manual' });
    pipeline.success('a');
    expect(pipeline.snapshot.pipeline.status).toBe('success');
    pipeline.play('b');
    expect(pipeline.picture).toBe('running | build=success test=pending | a=success b=pending');
    expect(pipeline.snapshot.pipeline.finishedAt).toBeNull();
  });
});

describe('delayed jobs', () => {
  it('start their timer when their stage begins, and hold up the next', () => {
    const pipeline = start(
      { name: 'a', stage: 'build' },
      { name: 'b', when: 'delayed', startIn: 60 },
      { name: 'c', stage: 'deploy' },
    );
    pipeline.wait(100);
    pipeline.success('a');
    const due = pipeline.job('b').scheduledAt;
    expect(due?.getTime()).toBe(pipeline.now.getTime() + 60_000);
    expect(pipeline.picture).toBe(
      'scheduled | build=success test=scheduled deploy=created | a=success b=scheduled c=created',
    );
    expect(() => pipeline.send('b', { type: 'enqueue_scheduled' })).toThrow('refused');
    pipeline.wait(60);
    pipeline.send('b', { type: 'enqueue_scheduled' });
    pipeline.success('b');
    expect(pipeline.job('c').status).toBe('pending');
  });

  it('without start_in they wait for a person', () => {
    expect(start({ name: 'a', when: 'delayed' }).job('a').status).toBe('manual');
  });

  it('unscheduled they wait for a person, and can be played', () => {
    const pipeline = start({ name: 'a', when: 'delayed', startIn: 60 });
    pipeline.send('a', { type: 'unschedule' });
    expect(pipeline.picture).toBe('manual | test=manual | a=manual');
    pipeline.play('a');
    expect(pipeline.job('a').status).toBe('pending');
  });

  it('trigger jobs know no delay', () => {
    expect(start({ name: 'a', when: 'delayed', startIn: 60, isBridge: true }).job('a').status).toBe('pending');
  });
});

describe('needs', () => {
  it('an empty list starts at once, also while .pre runs', () => {
    const pipeline = start(
      { name: 'p', stage: '.pre' },
      { name: 'b', stage: 'build' },
      { name: 'd', stage: 'deploy', needs: [] },
    );
    expect(pipeline.picture).toBe(
      'pending | .pre=pending build=created deploy=pending | p=pending b=created d=pending',
    );
  });

  it('look at nothing but the needed jobs', () => {
    const pipeline = start(
      { name: 'b1', stage: 'build' },
      { name: 'b2', stage: 'build' },
      { name: 't1', needs: ['b1'] },
      { name: 't2', needs: ['b2'] },
      { name: 's' },
    );
    pipeline.drop('b2');
    expect(pipeline.picture).toBe(
      'running | build=running test=pending | b1=pending b2=failed t1=created t2=skipped s=created',
    );
    pipeline.success('b1');
    expect(pipeline.picture).toBe(
      'running | build=failed test=pending | b1=success b2=failed t1=pending t2=skipped s=skipped',
    );
  });

  it('of the same stage go first, whatever the order of the rows', () => {
    const pipeline = start({ name: 'c', needs: ['b'] }, { name: 'b', needs: ['a'] }, { name: 'a', when: 'on_failure' });
    expect(pipeline.picture).toBe('skipped | test=skipped | c=skipped b=skipped a=skipped');
    expect(pipeline.moves.map((move) => move.command)).toEqual(['skip', 'skip', 'skip']);
  });

  it('that do not exist are ignored', () => {
    expect(start({ name: 'a', needs: ['gone'] }).job('a').status).toBe('pending');
    const pipeline = start({ name: 'a', stage: 'build' }, { name: 'b', needs: ['gone', 'a'] });
    expect(pipeline.job('b').status).toBe('created');
    pipeline.success('a');
    expect(pipeline.job('b').status).toBe('pending');
  });

  it.each([
    ['on_success', 'skipped'],
    ['always', 'pending'],
    ['on_failure', 'skipped'],
  ] as const)('an optional manual job that nobody played: %s is %s', (when, expected) => {
    const pipeline = start({ name: 'a', stage: 'build', when: 'manual' }, { name: 'b', when, needs: ['a'] });
    expect(pipeline.job('b').status).toBe(expected);
  });

  it('a blocking manual job is waited for', () => {
    const pipeline = start(
      { name: 'a', stage: 'build', when: 'manual', allowFailure: false },
      { name: 'b', needs: ['a'] },
    );
    expect(pipeline.picture).toBe('manual | build=manual test=created | a=manual b=created');
  });

  it('a skipped need skips at once, though another is still running', () => {
    const pipeline = start(
      { name: 'a', stage: 'build' },
      { name: 'x', stage: 'build', when: 'on_failure' },
      { name: 'b', needs: ['a', 'x'] },
    );
    expect(pipeline.picture).toBe('pending | build=pending test=skipped | a=pending x=skipped b=skipped');
  });

  it('a circle ends nowhere instead of running for ever', () => {
    expect(start({ name: 'a', needs: ['b'] }, { name: 'b', needs: ['a'] }).picture).toBe(
      'created | test=created | a=created b=created',
    );
  });
});

describe('rows', () => {
  it('that are retried count for nothing', () => {
    const pipeline = start({ name: 'a', stage: 'build' }, { name: 'b' });
    pipeline.drop('a');
    pipeline.retry('a');
    pipeline.success('a');
    pipeline.success('b');
    expect(pipeline.picture).toBe('success | build=success test=success | b=success a=success');
  });

  it('two thousand of them, each needing the one before, are settled in one call', () => {
    const jobs = Array.from({ length: 2000 }, (_, index): SimulatedJob => {
      const name = `j${index}`;
      return index === 0 ? { name, when: 'on_failure' } : { name, needs: [`j${index - 1}`] };
    });
    expect(start(...jobs.reverse()).snapshot.pipeline.status).toBe('skipped');
  });
});
