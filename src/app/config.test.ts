import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

const read = (outboundAllow: string) =>
  readConfig({}, { PENSTOCK_OUTBOUND_ALLOW: outboundAllow }, { concurrency: 2 }).outboundAllow;

test('PENSTOCK_OUTBOUND_ALLOW is a list; without it nothing private is allowed', () => {
  expect(read('')).toEqual([]);
  expect(read('ci.internal:8443, 10.0.0.0/8')).toMatchObject([
    { kind: 'host', name: 'ci.internal', port: 8443 },
    { kind: 'network', family: 'ipv4' },
  ]);
});

test('a wrong entry of PENSTOCK_OUTBOUND_ALLOW is named', () => {
  const wrong = () => read('ci.internal,*.internal');
  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow(/^PENSTOCK_OUTBOUND_ALLOW: "\*\.internal" is no host/);
});

test('PENSTOCK_SCHEDULE_TICK_CRON is a cron, or is refused with a reason', () => {
  const tick = (text: string) =>
    readConfig({}, { PENSTOCK_SCHEDULE_TICK_CRON: text }, { concurrency: 2 }).scheduleTickCron?.text;
  expect(tick('3-59/10 * * * *')).toBe('3-59/10 * * * *');
  expect(tick('')).toBeUndefined();
  expect(() => tick('every day')).toThrow(/^PENSTOCK_SCHEDULE_TICK_CRON: /);
});
