import { describe, expect, it } from 'vitest';
import type { JobFailureReason, Status } from '../wire/statuses.ts';
import { planPipelineRetry, planRetry } from './retry.ts';
import type { SimulatedJob } from './simulation.ts';
import { at, jobState, PipelineSimulation } from './simulation.ts';
import type { JobState, PipelineSnapshot } from './types.ts';

const start = (...jobs: SimulatedJob[]) => new PipelineSimulation(['build', 'test', 'deploy'], jobs);

const snapshotOf = (job: Partial<JobState>): PipelineSnapshot => ({
  ...start({ name: 'x' }).snapshot,
  jobs: [jobState(job)],
});

const { id } = jobState();

describe('retry of a job', () => {
  it.each<[Status, boolean]>([
    ['success', true],
    ['failed', true],
    ['canceled', true],
    ['canceling', true],
    ['skipped', false],
    ['created', false],
    ['pending', false],
    ['running', false],
    ['manual', false],
    ['scheduled', false],
  ])('%s: %s', (status, possible) => {
    expect(planRetry(snapshotOf({ status }), id, at(1)).kind).toBe(possible ? 'retry' : 'refused');
  });

  it('is refused for older attempts, old pipelines and jobs that are not there', () => {
    expect(planRetry(snapshotOf({ status: 'failed', retried: true }), id, at(1)).kind).toBe('refused');
    expect(planRetry(snapshotOf({ status: 'failed' }), id, at(1), { archived: true }).kind).toBe('refused');
    expect(planRetry({ ...snapshotOf({}), jobs: [] }, id, at(1))).toEqual({ kind: 'refused', reason: 'not_retryable' });
  });

  it.each<[JobFailureReason, boolean]>([
    ['pipeline_loop_detected', false],
    ['reached_max_descendant_pipelines_depth', false],
    ['insufficient_bridge_permissions', true],
  ])('of a trigger job that failed with %s: %s', (failureReason, possible) => {
    const job: Partial<JobState> = { status: 'failed', failureReason };
    expect(planRetry(snapshotOf({ ...job, isBridge: true }), id, at(1)).kind).toBe(possible ? 'retry' : 'refused');
    expect(planRetry(snapshotOf(job), id, at(1)).kind).toBe('retry');
  });

  it('makes a new row in the place of the old one', () => {
    expect(planRetry(snapshotOf({ status: 'failed' }), id, at(1))).toEqual({
      kind: 'retry',
      attempts: [
        { source: id, replaces: [id], name: 'job', status: 'created', allowFailure: false, enqueueImmediately: false },
      ],
      moves: [],
    });
  });

  it.each([
    [true, [], true],
    [true, [3], false],
    [false, [], false],
  ])('allow_failure %s with exit codes %o starts as %s', (allowFailure, allowFailureExitCodes, expected) => {
    const plan = planRetry(snapshotOf({ status: 'failed', allowFailure, allowFailureExitCodes }), id, at(1));
    expect(plan).toMatchObject({ attempts: [{ allowFailure: expected }] });
  });

  it('gives what was skipped because of it its turn', () => {
    const pipeline = start(
      { name: 'a', stage: 'build' },
      { name: 'b' },
      { name: 'd', stage: 'deploy', needs: ['b'] },
      { name: 'f', stage: 'deploy', when: 'on_failure' },
    );
    pipeline.drop('a');
    pipeline.success('f');
    expect(pipeline.picture).toBe(
      'failed | build=failed test=skipped deploy=success | a=failed b=skipped d=skipped f=success',
    );
    pipeline.retry('a');
    expect(pipeline.picture).toBe(
      'running | build=pending test=skipped deploy=running | b=created d=created f=success a=pending',
    );
    pipeline.success('a');
    pipeline.success('b');
    pipeline.success('d');
    expect(pipeline.picture).toBe(
      'success | build=success test=success deploy=success | b=success d=success f=success a=success',
    );
  });

  it.each(['manual', 'delayed'] as const)('a %s job starts without waiting again', (when) => {
    const pipeline = start({ name: 'a', when, startIn: 60, allowFailure: false });
    pipeline.play('a');
    pipeline.drop('a');
    pipeline.retry('a');
    expect(pipeline.job('a').status).toBe('pending');
  });

  it('a job in a stage whose turn has not come waits for it', () => {
    const pipeline = start({ name: 'a', stage: 'build' }, { name: 'b' });
    pipeline.cancel('b');
    pipeline.retry('b');
    expect(pipeline.job('b').status).toBe('created');
    pipeline.success('a');
    expect(pipeline.job('b').status).toBe('pending');
  });
});

describe('retry of a pipeline', () => {
  it('repeats what failed or was canceled, keeps what succeeded, and asks again about the skipped', () => {
    const pipeline = start(
      { name: 'ok', stage: 'build' },
      { name: 'bad', stage: 'build' },
      { name: 'off', stage: 'build' },
      { name: 't' },
      { name: 'never', when: 'on_failure' },
    );
    pipeline.success('ok');
    pipeline.cancel('off');
    pipeline.drop('bad');
    pipeline.drop('never');
    pipeline.retryPipeline();
    // Both jobs of `test` are undecided again, so the stage still shows what it was.
    expect(pipeline.picture).toBe(
      'running | build=running test=failed | ok=success t=created bad=pending off=pending never=created',
    );
  });

  it('manual jobs wait for a person again', () => {
    const pipeline = start({ name: 'a', stage: 'build' }, { name: 'm', when: 'manual', allowFailure: false });
    pipeline.success('a');
    pipeline.play('m');
    pipeline.drop('m');
    expect(pipeline.snapshot.pipeline.status).toBe('failed');
    pipeline.retryPipeline();
    expect(pipeline.picture).toBe('manual | build=success test=manual | a=success m=manual');
    expect(pipeline.snapshot.pipeline.finishedAt).toBeNull();
  });

  it('a pipeline that succeeded although an optional job failed stays so, with its end', () => {
    const pipeline = start({ name: 'a' }, { name: 'm', when: 'manual' });
    pipeline.success('a');
    pipeline.play('m');
    pipeline.drop('m');
    const before = pipeline.snapshot.pipeline;
    expect(before.status).toBe('success');
    pipeline.retryPipeline();
    expect(pipeline.picture).toBe('success | test=success | a=success m=manual');
    expect(pipeline.snapshot.pipeline).toEqual(before);
  });

  it('leaves trigger jobs alone, but not when they were skipped', () => {
    const pipeline = start(
      { name: 'a', stage: 'build', isBridge: true },
      { name: 'b', stage: 'build' },
      { name: 'c', isBridge: true },
    );
    pipeline.drop('a');
    pipeline.drop('b');
    const plan = planPipelineRetry(pipeline.snapshot, at(9));
    expect(plan).toMatchObject({ attempts: [{ name: 'b' }], moves: [{ id: pipeline.job('c').id, to: 'created' }] });
  });

  it('does nothing where there is nothing to repeat', () => {
    const pipeline = start({ name: 'a' });
    expect(planPipelineRetry(pipeline.snapshot, at(9))).toEqual({ kind: 'retry', attempts: [], moves: [] });
  });

  it('is refused in old pipelines', () => {
    expect(planPipelineRetry(start({ name: 'a' }).snapshot, at(9), { archived: true }).kind).toBe('refused');
  });
});
