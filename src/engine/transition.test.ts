import { describe, expect, it } from 'vitest';
import type { JobFailureReason, Status } from '../wire/statuses.ts';
import { STATUSES } from '../wire/statuses.ts';
import { ALLOWED } from './allowed.ts';
import { at, jobState } from './simulation.ts';
import { applyMove, findMove, transition } from './transition.ts';
import type { JobCommand, JobState, TransitionResult } from './types.ts';

const drop = (reason: JobFailureReason = 'script_failure', exitCode: number | null = null): JobCommand => ({
  type: 'drop',
  reason,
  exitCode,
  retriedCount: 0,
});

const changed = (result: TransitionResult): Extract<TransitionResult, { kind: 'changed' }> => {
  if (result.kind === 'refused') throw new Error(`refused: ${result.reason}`);
  return result;
};

const apply = (job: Partial<JobState>, command: JobCommand, seconds = 10) =>
  changed(transition(jobState(job), command, at(seconds)));

/** Every status that is not named is refused. */
const TABLE: readonly (readonly [JobCommand, Readonly<Partial<Record<Status, Status>>>])[] = [
  [{ type: 'process' }, { skipped: 'created', manual: 'created' }],
  [{ type: 'enqueue' }, { created: 'pending', skipped: 'pending', manual: 'pending', scheduled: 'pending' }],
  [{ type: 'enqueue_scheduled' }, { scheduled: 'pending' }],
  [{ type: 'enqueue_waiting_for_resource' }, { waiting_for_resource: 'pending' }],
  [{ type: 'actionize' }, { created: 'manual' }],
  [{ type: 'schedule' }, { created: 'scheduled' }],
  [{ type: 'unschedule' }, { scheduled: 'manual' }],
  [{ type: 'run', timeout: 60 }, { pending: 'running' }],
  [{ type: 'requeue' }, { running: 'pending' }],
  [
    { type: 'success' },
    {
      created: 'success',
      waiting_for_resource: 'success',
      preparing: 'success',
      waiting_for_callback: 'success',
      pending: 'success',
      running: 'success',
      canceling: 'canceled',
    },
  ],
  [
    drop(),
    {
      created: 'failed',
      waiting_for_resource: 'failed',
      preparing: 'failed',
      waiting_for_callback: 'failed',
      pending: 'failed',
      running: 'failed',
      manual: 'failed',
      scheduled: 'failed',
      canceling: 'canceled',
    },
  ],
  [{ type: 'skip' }, { created: 'skipped', waiting_for_resource: 'skipped', preparing: 'skipped', pending: 'skipped' }],
  [
    { type: 'cancel', graceful: false },
    {
      created: 'canceled',
      waiting_for_resource: 'canceled',
      preparing: 'canceled',
      waiting_for_callback: 'canceled',
      pending: 'canceled',
      running: 'canceled',
      manual: 'canceled',
      scheduled: 'canceled',
    },
  ],
  [
    { type: 'cancel', graceful: true },
    {
      created: 'canceled',
      waiting_for_resource: 'canceled',
      preparing: 'canceled',
      waiting_for_callback: 'canceled',
      pending: 'canceled',
      running: 'canceling',
      manual: 'canceled',
      scheduled: 'canceled',
    },
  ],
  [{ type: 'force_cancel' }, { canceling: 'canceled' }],
];

describe('every event from every status', () => {
  const cases = TABLE.flatMap(([command, targets]) =>
    STATUSES.map((from) => ({ command, from, to: targets[from] ?? 'refused', name: command.type })),
  );

  it.each(cases)('$name: $from → $to', ({ command, from, to }) => {
    const result = transition(jobState({ status: from }), command, at(10));
    if (to === 'refused') expect(result).toEqual({ kind: 'refused', reason: 'wrong_status' });
    else expect(result).toMatchObject({ kind: 'changed', to, changes: { status: to } });
  });

  it('covers all events of the exported table', () => {
    expect(new Set(TABLE.map(([command]) => command.type))).toEqual(new Set(Object.keys(ALLOWED)));
  });

  it('lets the claim take only pending jobs', () => {
    expect(ALLOWED.run).toEqual(['pending']);
  });
});

describe('columns', () => {
  it('enqueue starts the time in the queue', () => {
    expect(apply({ status: 'created' }, { type: 'enqueue' }).changes).toEqual({ status: 'pending', queuedAt: at(10) });
  });

  it('run fixes start and timeout', () => {
    const { changes } = apply({ status: 'pending', queuedAt: at(3) }, { type: 'run', timeout: 90 });
    expect(changes).toEqual({ status: 'running', startedAt: at(10), timeout: 90 });
  });

  it('requeue takes the start back and keeps the time in the queue', () => {
    const { changes, effects } = apply({ status: 'running', startedAt: at(5), timeout: 90 }, { type: 'requeue' });
    expect(changes).toEqual({ status: 'pending', startedAt: null, timeout: null });
    expect(effects).toEqual([{ type: 'unassign_runner' }]);
  });

  it.each([
    [{ type: 'success' } as const, 'success'],
    [{ type: 'cancel', graceful: false } as const, 'canceled'],
  ])('%o ends the job', (command, status) => {
    expect(apply({ status: 'running' }, command).changes).toEqual({ status, finishedAt: at(10) });
  });

  it('a graceful cancel does not end the job, its report does', () => {
    expect(apply({ status: 'running' }, { type: 'cancel', graceful: true }).changes).toEqual({ status: 'canceling' });
    expect(apply({ status: 'canceling' }, { type: 'success' }).changes).toEqual({
      status: 'canceled',
      finishedAt: at(10),
    });
  });

  it('skip writes no time', () => {
    expect(apply({ status: 'created' }, { type: 'skip' }).changes).toEqual({ status: 'skipped' });
  });

  it('schedule counts start_in from now and asks for a timer', () => {
    const { changes, effects } = apply({ status: 'created', when: 'delayed', startIn: 30 }, { type: 'schedule' });
    expect(changes).toEqual({ status: 'scheduled', scheduledAt: at(40) });
    expect(effects).toEqual([{ type: 'start_timer', at: at(40) }]);
  });

  it.each<JobCommand>([
    { type: 'enqueue' },
    { type: 'unschedule' },
    { type: 'enqueue_scheduled' },
    { type: 'cancel', graceful: true },
    drop('stale_schedule'),
  ])('leaving scheduled by $type clears its time', (command) => {
    expect(apply({ status: 'scheduled', scheduledAt: at(5) }, command).changes).toMatchObject({ scheduledAt: null });
  });
});

describe('the timer of a delayed job', () => {
  const scheduled = jobState({ status: 'scheduled', scheduledAt: at(30) });

  it('is refused before its time and works from then on', () => {
    const early = transition(scheduled, { type: 'enqueue_scheduled' }, new Date(at(30).getTime() - 1));
    expect(early).toEqual({ kind: 'refused', reason: 'not_due' });
    expect(transition(scheduled, { type: 'enqueue_scheduled' }, at(30))).toMatchObject({ to: 'pending' });
  });

  it('does not keep a person from playing it earlier', () => {
    expect(transition(scheduled, { type: 'enqueue' }, at(1))).toMatchObject({ to: 'pending' });
  });
});

describe('drop', () => {
  const retry = { max: 1, when: [], exitCodes: [] };

  it('keeps reason and exit code and cancels the rest where that is wanted', () => {
    const { changes, effects } = apply({ status: 'running' }, drop('script_failure', 3));
    expect(changes).toEqual({ status: 'failed', finishedAt: at(10), failureReason: 'script_failure', exitCode: 3 });
    expect(effects).toEqual([{ type: 'job_failed_cancels_pipeline' }]);
  });

  it('of a job that may fail has no further effect', () => {
    expect(apply({ status: 'running', allowFailure: true }, drop()).effects).toEqual([]);
  });

  it.each([
    [137, true],
    [1, false],
    [null, false],
  ])('with exit code %s and allow_failure:exit_codes [137]: allowed %s', (exitCode, allowed) => {
    const job = { status: 'running', allowFailureExitCodes: [137] } as const;
    const { changes, effects } = apply(job, drop('script_failure', exitCode));
    expect(changes.allowFailure).toBe(allowed ? true : undefined);
    expect(effects).toEqual(allowed ? [] : [{ type: 'job_failed_cancels_pipeline' }]);
  });

  it('asks for a new attempt, and then for nothing else', () => {
    expect(apply({ status: 'running', retry }, drop()).effects).toEqual([{ type: 'auto_retry' }]);
  });

  it('of a job that is being canceled ends it as canceled, without reason and retry', () => {
    const { changes, effects } = apply(
      { status: 'canceling', retry, allowFailureExitCodes: [1] },
      drop('api_failure', 1),
    );
    expect(changes).toEqual({ status: 'canceled', finishedAt: at(10), exitCode: 1 });
    expect(effects).toEqual([]);
  });

  it.each<[JobFailureReason, number]>([
    ['job_execution_timeout', 65],
    ['server_timeout_running', 65],
    ['job_execution_server_timeout', 65],
    ['no_updates_running', 1000],
  ])('for %s ends at second %i', (reason, end) => {
    const { changes } = apply({ status: 'running', startedAt: at(5), timeout: 60 }, drop(reason), 1000);
    expect(changes.finishedAt).toEqual(at(end));
  });

  it('for a timeout that a runner reports early ends now', () => {
    const { changes } = apply({ status: 'running', startedAt: at(5), timeout: 60 }, drop('job_execution_timeout'), 20);
    expect(changes.finishedAt).toEqual(at(20));
  });
});

describe('resource groups', () => {
  it.each<JobCommand>([{ type: 'enqueue' }, { type: 'enqueue_scheduled' }])('$type stands in line first', (command) => {
    const { to, changes, effects } = apply({ status: 'scheduled', hasResourceGroup: true }, command);
    expect(to).toBe('waiting_for_resource');
    expect(changes).not.toHaveProperty('queuedAt');
    expect(effects).toEqual([{ type: 'request_resource' }]);
  });

  it('the queue time starts when the resource is there', () => {
    const { changes } = apply(
      { status: 'waiting_for_resource', hasResourceGroup: true },
      { type: 'enqueue_waiting_for_resource' },
    );
    expect(changes).toEqual({ status: 'pending', queuedAt: at(10) });
  });

  it.each<[Status, JobCommand, boolean]>([
    ['running', { type: 'success' }, true],
    ['running', { type: 'cancel', graceful: false }, true],
    ['running', { type: 'cancel', graceful: true }, false],
    ['canceling', { type: 'force_cancel' }, true],
    ['pending', { type: 'skip' }, true],
    ['waiting_for_resource', { type: 'cancel', graceful: false }, true],
    ['created', { type: 'cancel', graceful: false }, false],
    ['manual', { type: 'cancel', graceful: false }, false],
    ['pending', { type: 'run', timeout: 60 }, false],
    ['running', { type: 'requeue' }, false],
  ])('%s, %o: released %s', (status, command, released) => {
    const { effects } = apply({ status, hasResourceGroup: true }, command);
    expect(effects.some((effect) => effect.type === 'release_resource')).toBe(released);
    expect(apply({ status }, command).effects).not.toContainEqual({ type: 'release_resource' });
  });
});

describe('moves', () => {
  it('name the row and both statuses, and apply to it', () => {
    const job = jobState({ status: 'running', startedAt: at(5) });
    const move = findMove(job, drop('script_failure', 2), at(10));
    expect(move).toMatchObject({ id: job.id, from: 'running', command: 'drop', to: 'failed' });
    if (move === null) return;
    expect(applyMove(job, move)).toEqual({
      ...job,
      status: 'failed',
      failureReason: 'script_failure',
      finishedAt: at(10),
    });
  });

  it('are null when refused', () => {
    expect(findMove(jobState({ status: 'success' }), { type: 'success' }, at(1))).toBeNull();
  });
});
