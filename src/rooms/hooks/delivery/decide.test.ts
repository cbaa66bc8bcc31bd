import { describe, expect, it } from 'vitest';
import { hookWith } from '../../../../test/support/hook.ts';
import { decide, RETRY_AFTER } from './decide.ts';
import type { SendOutcome } from './send.ts';

const NOW = new Date('2026-03-04T05:06:07Z');
const WORLD = { now: NOW, random: 0.5 };
const DELIVERY = { attempts: 0, nextAttemptAt: new Date(NOW.getTime() - 1000) };
const SYSTEM = hookWith({ place: { kind: 'system' } });
const PROJECT = hookWith();
const DAY = 24 * 60 * 60 * 1000;

const answered = (status: number, retryAfter?: string): SendOutcome & { readonly kind: 'answered' } => ({
  kind: 'answered',
  status,
  retryAfter,
});
const seconds = (date: Date | null): number => ((date?.getTime() ?? Number.NaN) - NOW.getTime()) / 1000;

describe('an answer', () => {
  it.each([200, 201, 204])('of %i takes the event and makes the hook healthy', (status) => {
    const failing = { ...SYSTEM, consecutiveFailures: 3, failingSince: NOW };
    expect(decide(answered(status), DELIVERY, failing, WORLD)).toMatchObject({
      delivery: { state: 'delivered' },
      health: { consecutiveFailures: 0, failingSince: null, pausedUntil: null },
    });
  });

  it.each([301, 304, 400, 404, 500, 503])('of %i puts this event off, and does not pause the endpoint', (status) => {
    const { delivery, health } = decide(answered(status), DELIVERY, SYSTEM, WORLD);
    expect(delivery).toMatchObject({ state: 'pending', attempts: 1 });
    expect(seconds(delivery.nextAttemptAt)).toBe(11);
    expect(health).toMatchObject({ consecutiveFailures: 1, failingSince: NOW, pausedUntil: null });
  });

  it.each([
    [429, '7', 7],
    [503, 'Wed, 04 Mar 2026 05:07:07 GMT', 60],
    [503, '999999', 3600],
    [503, '999999999999999', 3600],
    [429, '0', 1],
    [429, 'soon', 1],
  ])(
    'of %i with Retry-After %s pauses the endpoint for %i s, and costs the event no attempt',
    (status, after, pause) => {
      const { delivery, health } = decide(answered(status, after), DELIVERY, SYSTEM, WORLD);
      expect(delivery).toEqual({ ...DELIVERY, state: 'pending', failure: null });
      expect(seconds(health.pausedUntil)).toBe(pause);
    },
  );

  it('of 410 disables a hook of a project, and ends the delivery to a system hook', () => {
    const project = decide(answered(410), DELIVERY, PROJECT, WORLD);
    expect(project).toMatchObject({ delivery: { state: 'pending' }, health: { disabledAt: NOW } });
    expect(project.health.disabledReason).toMatch(/410/);
    const system = decide(answered(410), DELIVERY, SYSTEM, WORLD);
    expect(system).toMatchObject({ delivery: { state: 'failed' }, health: { disabledAt: null, pausedUntil: null } });
  });
});

describe('an endpoint that does not answer', () => {
  it('pauses for as long as it has been failing, at most an hour or so, and the event waits in its place', () => {
    for (const [since, pause] of [
      [0, 1],
      [40, 40],
      [100_000, 3600],
    ] as const) {
      const hook = { ...SYSTEM, failingSince: new Date(NOW.getTime() - since * 1000), consecutiveFailures: 30 };
      const { delivery, health } = decide({ kind: 'unreachable' }, DELIVERY, hook, WORLD);
      expect(delivery).toEqual({ ...DELIVERY, state: 'pending', failure: null });
      expect(seconds(health.pausedUntil)).toBe(pause);
    }
  });

  it('and may be silent because of one event is asked about the others after three times', () => {
    const attempt = (attempts: number) => decide({ kind: 'silent' }, { ...DELIVERY, attempts }, SYSTEM, WORLD);
    expect(attempt(1).delivery).toMatchObject({ attempts: 2, nextAttemptAt: DELIVERY.nextAttemptAt });
    expect(seconds(attempt(2).delivery.nextAttemptAt)).toBe(132);
    expect(attempt(2).health.pausedUntil).not.toBeNull();
  });
});

describe('what is refused again and again', () => {
  it('is tried for more than three days, and then given up with a reason', () => {
    let delivery: { readonly attempts: number; readonly nextAttemptAt: Date } = DELIVERY;
    let now = NOW;
    for (const _ of RETRY_AFTER) {
      const verdict = decide(answered(500), delivery, SYSTEM, { now, random: 0 });
      expect(verdict.delivery.state).toBe('pending');
      ({ delivery } = verdict);
      now = delivery.nextAttemptAt;
    }
    expect(now.getTime() - NOW.getTime()).toBeGreaterThan(3 * DAY);
    expect(decide(answered(500), delivery, SYSTEM, { now, random: 0 }).delivery).toMatchObject({
      state: 'failed',
      failure: 'given up after 13 attempts: the receiver answered with HTTP code 500',
    });
  });

  it('pauses a hook of a project from the fourth failure on, doubling up to an hour; a system hook never', () => {
    const pauseAfter = (consecutiveFailures: number, hook = PROJECT) =>
      decide(answered(500), DELIVERY, { ...hook, consecutiveFailures, failingSince: NOW }, WORLD).health.pausedUntil;
    expect(pauseAfter(2)).toBeNull();
    expect([3, 4, 5, 20].map((failures) => seconds(pauseAfter(failures)))).toEqual([60, 120, 240, 3600]);
    expect(pauseAfter(100, SYSTEM)).toBeNull();
  });

  it('disables a hook of a project after 40 failures and a week, not earlier; a system hook never', () => {
    const disabled = (failures: number, days: number, hook = PROJECT) => {
      const failingSince = new Date(NOW.getTime() - days * DAY);
      return decide(
        { kind: 'unreachable' },
        DELIVERY,
        { ...hook, consecutiveFailures: failures - 1, failingSince },
        WORLD,
      ).health.disabledReason;
    };
    expect(disabled(40, 6.9)).toBeNull();
    expect(disabled(39, 8)).toBeNull();
    expect(disabled(40, 7)).toBe('40 deliveries in a row have failed since 2026-02-25T05:06:07.000Z');
    expect(disabled(1000, 100, SYSTEM)).toBeNull();
  });
});

it('what is too large is given up, and no fault of the receiver', () => {
  const verdict = decide({ kind: 'unsendable', isFinal: true }, DELIVERY, PROJECT, WORLD);
  expect(verdict).toMatchObject({ delivery: { state: 'failed' }, health: { consecutiveFailures: 0 } });
});
