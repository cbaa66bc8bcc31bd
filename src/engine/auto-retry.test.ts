import { describe, expect, it } from 'vitest';
import type { JobFailureReason } from '../wire/statuses.ts';
import { isAutoRetried } from './auto-retry.ts';
import { jobState, PipelineSimulation } from './simulation.ts';
import type { JobState, RetryPolicy } from './types.ts';

const retry = (given: Partial<RetryPolicy> = {}): RetryPolicy => ({ max: 2, when: [], exitCodes: [], ...given });

const retried = (job: Partial<JobState>, reason: JobFailureReason, exitCode: number | null = null, retriedCount = 0) =>
  isAutoRetried(jobState(job), { reason, exitCode, retriedCount });

describe('automatic retry', () => {
  it.each([
    [0, true],
    [1, true],
    [2, false],
    [3, false],
  ])('max 2 with %i attempts behind it: %s', (count, expected) => {
    expect(retried({ retry: retry() }, 'script_failure', 1, count)).toBe(expected);
  });

  it('without the keyword there is none', () => {
    expect(retried({}, 'script_failure')).toBe(false);
    expect(retried({ retry: retry({ max: 0 }) }, 'script_failure')).toBe(false);
  });

  it.each<[Partial<RetryPolicy>, JobFailureReason, number | null, boolean]>([
    [{}, 'runner_system_failure', null, true],
    [{ when: ['always'] }, 'api_failure', null, true],
    [{ when: ['script_failure'] }, 'script_failure', 1, true],
    [{ when: ['script_failure'] }, 'runner_system_failure', null, false],
    [{ when: ['api_failure', 'runner_system_failure'] }, 'runner_system_failure', null, true],
    [{ exitCodes: [137] }, 'script_failure', 137, true],
    [{ exitCodes: [137] }, 'script_failure', 1, false],
    [{ exitCodes: [137] }, 'runner_system_failure', null, false],
    [{ when: ['runner_system_failure'], exitCodes: [137] }, 'script_failure', 137, true],
    [{ when: ['runner_system_failure'], exitCodes: [137] }, 'runner_system_failure', null, true],
    [{ when: ['stuck_or_timeout_failure'] }, 'no_updates_running', null, true],
    [{ when: ['stuck_or_timeout_failure'] }, 'stuck_pending_no_matching_runners', null, true],
    [{ when: ['stuck_or_timeout_failure'] }, 'server_timeout_running', null, false],
    [{ when: ['job_execution_timeout'] }, 'server_timeout_running', null, true],
    [{ when: ['job_execution_server_timeout'] }, 'server_timeout_running', null, true],
    [{ when: ['job_execution_timeout'] }, 'no_updates_running', null, false],
  ])('%o after %s (exit code %s): %s', (policy, reason, exitCode, expected) => {
    expect(retried({ retry: retry(policy) }, reason, exitCode)).toBe(expected);
  });

  it.each<JobFailureReason>([
    'ci_quota_exceeded',
    'no_matching_runner',
    'missing_dependency_failure',
    'forward_deployment_failure',
    'environment_creation_failure',
  ])('never after %s', (reason) => {
    expect(retried({ retry: retry({ when: ['always'] }) }, reason)).toBe(false);
  });

  it.each([
    [null, 1, true],
    [null, 2, false],
    [retry({ max: 1, when: ['script_failure'] }), 1, true],
    [retry({ max: 1, when: ['always'] }), 1, false],
  ])(
    'a scheduler failure has two of its own unless retry covers it (%o, %i behind it): %s',
    (policy, count, expected) => {
      expect(retried({ retry: policy }, 'scheduler_failure', null, count)).toBe(expected);
    },
  );

  it('neither for trigger jobs nor for older attempts', () => {
    expect(retried({ retry: retry(), isBridge: true }, 'script_failure')).toBe(false);
    expect(retried({ retry: retry(), retried: true }, 'script_failure')).toBe(false);
  });

  it('keeps the next stage waiting until the last attempt', () => {
    const pipeline = new PipelineSimulation(
      ['build', 'test'],
      [{ name: 'a', stage: 'build', retry: retry({ max: 1 }) }, { name: 'b' }],
    );
    pipeline.drop('a');
    expect(pipeline.picture).toBe('pending | build=pending test=created | b=created a=pending');
    pipeline.drop('a');
    expect(pipeline.picture).toBe('failed | build=failed test=skipped | b=skipped a=failed');
    expect(pipeline.snapshot.jobs.filter((job) => job.name === 'a')).toHaveLength(2);
  });

  it('does not cancel a pipeline that is canceled by failures, the last attempt does', () => {
    const pipeline = new PipelineSimulation(
      ['test'],
      [{ name: 'a', retry: retry({ max: 1 }) }, { name: 'b' }, { name: 'c', when: 'manual', allowFailure: false }],
      { cancelOnJobFailure: true },
    );
    pipeline.drop('a');
    expect(pipeline.job('b').status).toBe('pending');
    pipeline.drop('a');
    expect(pipeline.picture).toBe('failed | test=failed | b=canceled c=canceled a=failed');
  });
});
