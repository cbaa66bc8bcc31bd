import { describe, expect, it } from 'vitest';
import type { JobFailureReason } from '../wire/statuses.ts';
import { at, jobState } from './simulation.ts';
import { findTimeout } from './timeouts.ts';
import type { JobState } from './types.ts';

const HOUR = 3600;
const NOW = 100 * HOUR;

interface Case {
  readonly job: Partial<JobState>;
  /** Seconds since its last update. */
  readonly silent?: number;
  readonly runner?: boolean;
}

const ago = (seconds: number): Date => at(NOW - seconds);

const find = ({ job, silent = 0, runner = true }: Case): JobFailureReason | null =>
  findTimeout(jobState(job), { lastUpdateAt: ago(silent), hasMatchingRunner: runner }, at(NOW));

describe('pending', () => {
  const pending = (created: number, queued: number): Partial<JobState> => ({
    status: 'pending',
    createdAt: ago(created),
    queuedAt: ago(queued),
  });

  it.each<[Case, JobFailureReason | null]>([
    [{ job: pending(24 * HOUR + 1, 2 * HOUR), silent: 24 * HOUR + 1 }, 'stuck_pending_with_matching_runners'],
    [{ job: pending(24 * HOUR + 1, 60), silent: 24 * HOUR + 1, runner: false }, 'stuck_pending_no_matching_runners'],
    [{ job: pending(24 * HOUR, 24 * HOUR), silent: 24 * HOUR }, null],
    [{ job: pending(48 * HOUR, 48 * HOUR), silent: 60 }, null],
    [{ job: pending(48 * HOUR, HOUR + 1), silent: HOUR + 1, runner: false }, 'stuck_pending_no_matching_runners'],
    [{ job: pending(48 * HOUR, HOUR), silent: HOUR, runner: false }, null],
    [{ job: pending(2 * HOUR, 2 * HOUR), silent: 2 * HOUR }, null],
  ])('%o → %s', (given, expected) => {
    expect(find(given)).toBe(expected);
  });
});

describe('running and canceling', () => {
  const since = (status: 'running' | 'canceling', seconds: number): Partial<JobState> => ({
    status,
    startedAt: ago(seconds),
    timeout: 2 * HOUR,
  });

  it.each<[Case, JobFailureReason | null]>([
    [{ job: since('running', 2 * HOUR + 900) }, null],
    [{ job: since('running', 2 * HOUR + 901) }, 'server_timeout_running'],
    [{ job: since('running', 2 * HOUR + 901), silent: 2 * HOUR }, 'server_timeout_running'],
    [{ job: since('running', HOUR + 1), silent: HOUR }, null],
    [{ job: since('running', HOUR + 1), silent: HOUR + 1 }, 'no_updates_running'],
    [{ job: since('canceling', 2 * HOUR + 901) }, 'server_timeout_canceling'],
    [{ job: since('canceling', HOUR), silent: 30 * 60 }, null],
    [{ job: since('canceling', HOUR), silent: 30 * 60 + 1 }, 'no_updates_canceling'],
  ])('%o → %s', (given, expected) => {
    expect(find(given)).toBe(expected);
  });
});

describe('scheduled', () => {
  it.each([
    [HOUR, null],
    [HOUR + 1, 'stale_schedule'],
    [-HOUR, null],
  ])('%i seconds past its time → %s', (past, expected) => {
    expect(find({ job: { status: 'scheduled', scheduledAt: ago(past) }, silent: 48 * HOUR })).toBe(expected);
  });
});

it.each(['created', 'manual', 'waiting_for_resource', 'success', 'skipped'] as const)(
  '%s never times out',
  (status) => {
    expect(find({ job: { status, createdAt: at(0) }, silent: NOW, runner: false })).toBeNull();
  },
);
