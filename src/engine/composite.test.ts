import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Status } from '../wire/statuses.ts';
import { STATUSES } from '../wire/statuses.ts';
import { compositeStatus } from './composite.ts';

interface One {
  readonly status: Status;
  readonly allowFailure: boolean;
}

/** `failed?` is a failed job that is allowed to fail. */
const read = (text: string): readonly One[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const status = STATUSES.find((candidate) => candidate === word.replace('?', ''));
      if (status === undefined) throw new Error(word);
      return { status, allowFailure: word.endsWith('?') };
    });

describe('composite status of stages and pipelines', () => {
  it.each([
    ['', null],
    // only skipped and optional manual
    ['skipped', 'skipped'],
    ['manual?', 'skipped'],
    ['skipped manual?', 'skipped'],
    // only success, skipped, allowed failures, optional manual
    ['success', 'success'],
    ['success skipped', 'success'],
    ['failed?', 'success'],
    ['canceled?', 'success'],
    ['failed? skipped manual?', 'success'],
    ['success manual?', 'success'],
    ['success? skipped?', 'success'],
    // only created
    ['created', 'created'],
    ['created manual?', 'created'],
    ['created failed?', 'created'],
    // only preparing
    ['preparing', 'preparing'],
    ['preparing manual? failed?', 'preparing'],
    // canceled
    ['canceled', 'canceled'],
    ['canceled success skipped failed? manual?', 'canceled'],
    // pending
    ['pending', 'pending'],
    ['pending created', 'pending'],
    ['pending skipped', 'pending'],
    ['created skipped', 'pending'],
    ['pending created skipped failed? manual?', 'pending'],
    // running
    ['running', 'running'],
    ['success pending', 'running'],
    ['failed pending', 'running'],
    ['failed running manual', 'running'],
    ['canceled pending', 'running'],
    ['running canceling', 'running'],
    ['pending manual', 'running'],
    // what waits
    ['success waiting_for_resource manual', 'waiting_for_resource'],
    ['waiting_for_resource waiting_for_callback', 'waiting_for_resource'],
    ['waiting_for_callback manual', 'waiting_for_callback'],
    ['manual', 'manual'],
    ['failed manual', 'manual'],
    ['manual scheduled', 'manual'],
    ['created manual', 'manual'],
    ['scheduled', 'scheduled'],
    ['failed scheduled', 'scheduled'],
    ['scheduled preparing', 'scheduled'],
    ['success preparing', 'preparing'],
    ['preparing created', 'preparing'],
    // created among what is over
    ['created success', 'running'],
    ['created failed', 'running'],
    ['created canceled', 'running'],
    ['created canceling', 'running'],
    // the end
    ['canceling', 'canceling'],
    ['canceling success failed', 'canceling'],
    ['failed', 'failed'],
    ['failed success', 'failed'],
    ['failed canceled', 'failed'],
    ['failed skipped failed?', 'failed'],
  ])('%s → %s', (jobs, expected) => {
    expect(compositeStatus(read(jobs))).toBe(expected);
  });
});

describe('composite status of needs', () => {
  it.each([
    ['', null],
    ['skipped', 'skipped'],
    ['success skipped', 'skipped'],
    ['pending manual?', 'skipped'],
    ['failed skipped', 'skipped'],
    ['success manual', 'manual'],
    ['success failed?', 'success'],
    ['success failed', 'failed'],
    ['success created', 'running'],
    ['failed canceled', 'failed'],
    ['canceled success', 'canceled'],
  ])('%s → %s', (jobs, expected) => {
    expect(compositeStatus(read(jobs), 'dag')).toBe(expected);
  });
});

describe('any composite', () => {
  const job = fc.record({ status: fc.constantFrom(...STATUSES), allowFailure: fc.boolean() });

  it('depends neither on order nor on number', () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1 }), fc.constantFrom('stage', 'dag'), (jobs, mode) => {
        const expected = compositeStatus(jobs, mode);
        expect(compositeStatus([...jobs].reverse(), mode)).toBe(expected);
        expect(compositeStatus([...jobs, ...jobs], mode)).toBe(expected);
      }),
    );
  });

  it('is failed only with a failure that is not allowed and nothing left to happen', () => {
    const over = ['success', 'failed', 'canceled', 'skipped'];
    fc.assert(
      fc.property(fc.array(job, { minLength: 1 }), (jobs) => {
        if (compositeStatus(jobs) !== 'failed') return;
        expect(jobs.some((one) => one.status === 'failed' && !one.allowFailure)).toBe(true);
        expect(jobs.every((one) => over.includes(one.status) || (one.status === 'manual' && one.allowFailure))).toBe(
          true,
        );
      }),
    );
  });
});
