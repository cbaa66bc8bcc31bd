import { describe, expect, it } from 'vitest';
import { playJob } from './play.ts';
import type { SimulatedJob } from './simulation.ts';
import { at, PipelineSimulation } from './simulation.ts';

const start = (...jobs: SimulatedJob[]) => new PipelineSimulation(['build', 'test', 'deploy'], jobs);

describe('play', () => {
  it('queues the job and asks again about those that were skipped because nobody had played it', () => {
    const pipeline = start(
      { name: 'm', stage: 'build', when: 'manual' },
      { name: 'n', needs: ['m'] },
      { name: 'o', stage: 'deploy', needs: ['n'] },
    );
    expect(pipeline.picture).toBe('skipped | build=skipped test=skipped deploy=skipped | m=manual n=skipped o=skipped');
    const decision = playJob(pipeline.snapshot, pipeline.job('m').id, at(5));
    expect(decision).toMatchObject({
      kind: 'play',
      moves: [
        { id: pipeline.job('m').id, command: 'enqueue', from: 'manual', to: 'pending' },
        { id: pipeline.job('n').id, command: 'process', from: 'skipped', to: 'created' },
        { id: pipeline.job('o').id, command: 'process', from: 'skipped', to: 'created' },
      ],
    });
    pipeline.play('m');
    // A stage of which all jobs are undecided again keeps its status.
    expect(pipeline.picture).toBe(
      'pending | build=pending test=skipped deploy=skipped | m=pending n=created o=created',
    );
    pipeline.success('m');
    expect(pipeline.picture).toBe(
      'running | build=success test=pending deploy=skipped | m=success n=pending o=created',
    );
  });

  it('of a delayed job does not wait for its time', () => {
    const pipeline = start({ name: 'd', when: 'delayed', startIn: 3600 });
    pipeline.play('d');
    expect(pipeline.job('d')).toMatchObject({ status: 'pending', scheduledAt: null });
  });

  it('of a job that is done makes a new attempt that starts at once', () => {
    const pipeline = start({ name: 'm', when: 'manual' });
    pipeline.play('m');
    pipeline.success('m');
    pipeline.play('m');
    expect(pipeline.snapshot.jobs.map((job) => [job.status, job.retried])).toEqual([
      ['success', true],
      ['pending', false],
    ]);
  });

  it.each<[string, SimulatedJob, (pipeline: PipelineSimulation) => void]>([
    ['an ordinary job', { name: 'j' }, () => {}],
    ['an ordinary job that is done', { name: 'j' }, (pipeline) => pipeline.success('j')],
    ['a manual job that is in the queue', { name: 'j', when: 'manual' }, (pipeline) => pipeline.play('j')],
    ['a manual job that was skipped', { name: 'j', when: 'manual', needs: ['f'] }, () => {}],
    ['a delayed trigger job', { name: 'j', when: 'delayed', startIn: 5, isBridge: true }, () => {}],
  ])('%s cannot be played', (_name, job, before) => {
    const pipeline = start({ name: 'f', stage: 'build', when: 'on_failure' }, job);
    before(pipeline);
    expect(playJob(pipeline.snapshot, pipeline.job('j').id, at(5))).toEqual({ kind: 'refused', reason: 'unplayable' });
  });

  it('is refused in old pipelines', () => {
    const pipeline = start({ name: 'm', when: 'manual' });
    const decision = playJob(pipeline.snapshot, pipeline.job('m').id, at(5), { archived: true });
    expect(decision.kind).toBe('refused');
  });
});
