import { expect, it } from 'vitest';
import { findZone, nextRun, parseCron } from './index.ts';
import { RAILS_ZONES } from './rails-zones.ts';

it.each([
  ['Asia/Tokyo', 'Asia/Tokyo'],
  ['US/Pacific', 'US/Pacific'],
  ['Europe/Kyiv', 'Europe/Kyiv'],
  ['America/Argentina/ComodRivadavia', 'America/Argentina/ComodRivadavia'],
  ['Etc/GMT+12', 'Etc/GMT+12'],
  ['UTC', 'Etc/UTC'],
  ['Zulu', 'Zulu'],
  ['GMT0', 'GMT0'],
  ['EST5EDT', 'EST5EDT'],
  ['Pacific Time (US & Canada)', 'America/Los_Angeles'],
  ['Berlin', 'Europe/Berlin'],
  ["Nuku'alofa", 'Pacific/Tongatapu'],
  ['Seoul', 'Asia/Seoul'],
  ['+09:00', '+09:00'],
  ['-0330', '-03:30'],
])('%s is %s', (name, zone) => {
  expect(findZone(name)).toBe(zone);
});

it.each([
  '',
  ' ',
  'utc',
  'Z',
  'PST',
  'JST',
  'CEST',
  'europe/berlin',
  'EUROPE/BERLIN',
  'berlin',
  'Europe/Berlin ',
  'Asia/Tokyoo',
  'Mars/Olympus',
  'Invalid-zone',
  'GMT+2',
  'UTC+9',
  '+9',
  '+09',
  '+12:00',
  '+09:20',
  '+09:00:00',
  'Factory',
  'America/Los Angeles',
  '2020-01-01T00:00:00Z',
  '2020-01-01T00:00:00+01:00[Europe/Berlin]',
  'Asia/Tokyo\n',
  'Asia/Tokyo\0',
])('%j is none', (name) => {
  expect(findZone(name)).toBeUndefined();
});

it('every zone of Rails and of this machine can be counted in', () => {
  const parsed = parseCron('0 4 * * *');
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  for (const name of [...RAILS_ZONES.keys(), ...Intl.supportedValuesOf('timeZone')]) {
    const zone = findZone(name);
    expect(zone, name).toBeDefined();
    const run = nextRun(parsed.cron, zone ?? '', new Date('2026-06-01T12:00:00Z'));
    expect(run?.getTime()).toBeGreaterThan(Date.UTC(2026, 5, 1, 12));
  }
});
