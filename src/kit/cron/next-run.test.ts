import { describe, expect, it } from 'vitest';
import {
  type DstPolicy,
  FUGIT_DST,
  latestRun,
  nextRun,
  parseCron,
  runsAfter,
  runsBetween,
  zoneChangesBetween,
} from './index.ts';

const cronOf = (text: string) => {
  const parsed = parseCron(text);
  if (parsed.kind === 'refused') throw new Error(`${text}: ${parsed.reason}`);
  return parsed.cron;
};

const momentOf = (wall: string, zone: string): Date =>
  new Date(Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds);

/** `2024-03-31T03:00+02:00` */
const shown = (at: Date | undefined, zone: string): string =>
  at === undefined
    ? 'never'
    : Temporal.Instant.fromEpochMilliseconds(at.getTime())
        .toZonedDateTimeISO(zone)
        .toString({ timeZoneName: 'never', smallestUnit: at.getTime() % 60_000 === 0 ? 'minute' : 'second' });

/** The first runs after a moment, as the clock on the wall shows them. */
const runsOf = (text: string, zone: string, after: string, count: number, policy?: DstPolicy): readonly string[] => {
  const runs: string[] = [];
  for (const run of runsAfter(cronOf(text), zone, momentOf(after, zone), policy)) {
    runs.push(shown(run, zone));
    if (runs.length === count) break;
  }
  return runs;
};

describe('the next run', () => {
  it.each([
    ['* * * * *', '2017-01-02T12:00', '2017-01-02T12:01'],
    ['5 0 * * *', '2017-01-02T12:00', '2017-01-03T00:05'],
    ['15 14 1 * *', '2017-01-02T12:00', '2017-02-01T14:15'],
    ['0 0 1 1 *', '2017-01-02T12:00', '2018-01-01T00:00'],
    ['* * 29 * *', '2016-02-01T00:00', '2016-02-29T00:00'],
    ['* * L * *', '2016-02-01T00:00', '2016-02-29T00:00'],
    ['0 0 -4,-3 * *', '2016-02-01T00:00', '2016-02-26T00:00'],
    ['0 0 -4,-3 * *', '2016-02-26T12:00', '2016-02-27T00:00'],
    ['* * * * sun', '2017-01-02T12:00', '2017-01-08T00:00'],
    ['* * -2 * *', '2017-01-02T12:00', '2017-01-30T00:00'],
    ['* * * * mon#2', '2017-01-02T12:00', '2017-01-09T00:00'],
    ['* * * * mon#-1', '2017-01-02T12:00', '2017-01-30T00:00'],
    ['* * * * tue#L', '2017-01-02T12:00', '2017-01-31T00:00'],
    ['* * * * mon#2,tue', '2016-12-01T00:00', '2016-12-06T00:00'],
    ['* * * * mon#2,tue', '2016-12-07T00:00', '2016-12-12T00:00'],
    ['00 24 * * *', '2017-01-01T12:00', '2017-01-02T00:00'],
    ['30 04 1,15 * 5', '2017-01-03T00:00', '2017-01-06T04:30'],
    ['30 04 1,15 * 5', '2017-01-14T00:00', '2017-01-15T04:30'],
    ['0 8 L * mon-thu', '2018-06-28T18:00', '2018-06-30T08:00'],
    ['0 9 29 feb *', '2016-01-23T00:00', '2016-02-29T09:00'],
    ['59 6 1-7 * 2', '2020-03-15T07:29', '2020-03-17T06:59'],
    ['59 6 1-7 * 2', '2020-02-29T07:29', '2020-03-01T06:59'],
    ['59 6 1-7 * 2&', '2020-03-15T00:00', '2020-04-07T06:59'],
    ['0 0 29 2 0,6', '2021-12-27T09:47', '2022-02-05T00:00'],
    ['0 0 11 * 3-6', '2021-12-27T09:47', '2021-12-29T00:00'],
    ['0 0 */2 * 1-5', '2022-08-09T00:00', '2022-08-10T00:00'],
    ['0 0 */2& * 1-5', '2022-08-09T00:00', '2022-08-11T00:00'],
    ['0 9 * * sat%2', '2019-01-01T09:00', '2019-01-12T09:00'],
    ['30 18 * * 2#5', '2022-03-08T00:00', '2022-03-29T18:30'],
    ['15-40/30 * * * *', '2021-02-09T19:30', '2021-02-09T20:15'],
    ['0 0 * * mon#1,mon#3', '2024-01-02T00:00', '2024-01-15T00:00'],
    ['0 0 29 2 mon&', '2024-03-01T00:00', '2044-02-29T00:00'],
    ['0 0 29 2 *', '2096-03-01T00:00', '2104-02-29T00:00'],
    ['0 0 30 2,3 mon', '2024-01-30T00:00', '2024-03-04T00:00'],
    ['0 0 31 * mon', '2024-01-31T00:00', '2024-02-05T00:00'],
    ['0 4 * * *', '1969-12-31T12:00', '1970-01-01T04:00'],
  ])('%s after %s is %s', (text, after, expected) => {
    expect(shown(nextRun(cronOf(text), 'UTC', momentOf(after, 'UTC')), 'UTC')).toBe(`${expected}+00:00`);
  });

  it.each([
    ['0 6 * * tue%2', 'America/Los_Angeles', '2024-02-01T00:00', '2024-02-13T06:00-08:00'],
    ['0 10 * * sun%2', 'Europe/Berlin', '2019-04-11T09:00', '2019-04-21T10:00+02:00'],
    ['0 10 * * sun%2+1', 'Europe/Berlin', '2019-04-11T09:00', '2019-04-14T10:00+02:00'],
    ['0 0 1 jan *', 'Australia/Melbourne', '2025-02-26T00:00', '2026-01-01T00:00+11:00'],
    ['30 9 * * *', '+05:45', '2025-02-26T10:00', '2025-02-27T09:30+05:45'],
  ])('%s in %s after %s is %s', (text, zone, after, expected) => {
    expect(runsOf(text, zone, after, 1)).toEqual([expected]);
  });

  it('keeps its rhythm of weeks when the clocks are turned, which et-orbi 1.2 loses on Tuesdays', () => {
    expect(runsOf('0 6 * * tue%2', 'America/Los_Angeles', '2024-02-20T00:00', 3)).toEqual([
      '2024-02-27T06:00-08:00',
      '2024-03-12T06:00-07:00',
      '2024-03-26T06:00-07:00',
    ]);
  });

  it('finds the last day of a month that loses an hour on it, unlike fugit', () => {
    expect(runsOf('0 8 L 3 *', 'Europe/Berlin', '2024-03-01T00:00', 1)).toEqual(['2024-03-31T08:00+02:00']);
  });

  it('is strictly after a moment, however little', () => {
    const cron = cronOf('0 4 * * *');
    const run = new Date('2026-05-05T04:00:00Z');
    expect(nextRun(cron, 'UTC', new Date(run.getTime() - 1))).toEqual(run);
    expect(nextRun(cron, 'UTC', run)).toEqual(new Date('2026-05-06T04:00:00Z'));
    expect(nextRun(cron, 'UTC', new Date(run.getTime() + 1))).toEqual(new Date('2026-05-06T04:00:00Z'));
  });

  it('knows seconds', () => {
    expect(runsOf('*/25 59 23 31 12 *', 'UTC', '2026-01-01T00:00', 4)).toEqual([
      '2026-12-31T23:59+00:00',
      '2026-12-31T23:59:25+00:00',
      '2026-12-31T23:59:50+00:00',
      '2027-12-31T23:59+00:00',
    ]);
  });
});

/** zone, cron, after, runs */
type DstRow = readonly [zone: string, cron: string, after: string, runs: readonly string[]];

describe('spring: times that the clock jumps over have no run', () => {
  it.each<DstRow>([
    ['Europe/Berlin', '30 2 * * *', '2024-03-30T12:00', ['2024-04-01T02:30+02:00']],
    ['Europe/Berlin', '0 2 * * *', '2024-03-30T12:00', ['2024-04-01T02:00+02:00']],
    ['Europe/Berlin', '0 3 * * *', '2024-03-30T12:00', ['2024-03-31T03:00+02:00']],
    ['Europe/Berlin', '*/30 * * * *', '2024-03-31T01:00', ['2024-03-31T01:30+01:00', '2024-03-31T03:00+02:00']],
    ['Europe/London', '30 1 * * *', '2024-03-30T12:00', ['2024-04-01T01:30+01:00']],
    ['America/New_York', '30 2 * * *', '2024-03-09T12:00', ['2024-03-11T02:30-04:00']],
    ['America/Los_Angeles', '* * * * *', '2015-03-08T01:58', ['2015-03-08T01:59-08:00', '2015-03-08T03:00-07:00']],
    ['America/New_York', '30 4 * * *', '2021-03-13T12:00', ['2021-03-14T04:30-04:00', '2021-03-15T04:30-04:00']],
    ['Australia/Lord_Howe', '15 2 * * *', '2024-10-05T12:00', ['2024-10-07T02:15+11:00']],
    ['Australia/Lord_Howe', '30 2 * * *', '2024-10-05T12:00', ['2024-10-06T02:30+11:00']],
    ['Pacific/Chatham', '0 3 * * *', '2024-09-28T12:00', ['2024-09-30T03:00+13:45']],
    // Midnight is missing: the day begins at one o'clock, and is no less a day.
    ['America/Santiago', '0 0 * * *', '2024-09-07T12:00', ['2024-09-09T00:00-03:00']],
    ['America/Santiago', '15 * * 9 sun', '2024-09-07T18:58', ['2024-09-08T01:15-03:00']],
    ['Africa/Cairo', '0 0 * * *', '2024-04-25T12:00', ['2024-04-27T00:00+03:00']],
    // The Friday that Samoa left out.
    ['Pacific/Apia', '0 12 * * *', '2011-12-28T13:00', ['2011-12-29T12:00-10:00', '2011-12-31T12:00+14:00']],
    ['Pacific/Apia', '0 12 30 * *', '2011-12-01T00:00', ['2012-01-30T12:00+14:00']],
    // Morocco turns its clocks back for Ramadan, and forward after it.
    ['Africa/Casablanca', '30 2 * * *', '2024-04-13T12:00', ['2024-04-15T02:30+01:00']],
    // Rules that changed: Turkey stayed in summer, Mexico in winter, Beirut's date is its own.
    ['Europe/Istanbul', '30 3 * * *', '2017-03-25T12:00', ['2017-03-26T03:30+03:00']],
    ['America/Mexico_City', '30 2 * * *', '2022-04-02T12:00', ['2022-04-04T02:30-05:00']],
    ['America/Mexico_City', '30 2 * * *', '2023-04-01T12:00', ['2023-04-02T02:30-06:00']],
    // North Korea gave up its half hour just before midnight.
    ['Asia/Pyongyang', '45 23 * * *', '2018-05-03T12:00', ['2018-05-03T23:45+08:30', '2018-05-05T23:45+09:00']],
  ])('%s %s', (zone, cron, after, runs) => {
    expect(runsOf(cron, zone, after, runs.length)).toEqual(runs);
  });
});

describe('autumn: a lone fixed time runs at its first occurrence, intervals at both', () => {
  it.each<DstRow>([
    ['Europe/Berlin', '30 2 * * *', '2024-10-26T12:00', ['2024-10-27T02:30+02:00', '2024-10-28T02:30+01:00']],
    ['Europe/Berlin', '0 2,3 * * *', '2024-10-26T12:00', ['2024-10-27T02:00+02:00', '2024-10-27T03:00+01:00']],
    ['Europe/Berlin', '0 3 * * *', '2024-10-26T12:00', ['2024-10-27T03:00+01:00']],
    [
      'Europe/Berlin',
      '0 * * * *',
      '2024-10-27T01:30',
      ['2024-10-27T02:00+02:00', '2024-10-27T02:00+01:00', '2024-10-27T03:00+01:00'],
    ],
    [
      'Europe/Berlin',
      '*/30 * * * *',
      '2024-10-27T01:30',
      ['2024-10-27T02:00+02:00', '2024-10-27T02:30+02:00', '2024-10-27T02:00+01:00', '2024-10-27T02:30+01:00'],
    ],
    [
      'Europe/Berlin',
      '0,30 2 * * *',
      '2024-10-26T12:00',
      ['2024-10-27T02:00+02:00', '2024-10-27T02:30+02:00', '2024-10-27T02:00+01:00', '2024-10-27T02:30+01:00'],
    ],
    // A cron that comes once a year looks a year ahead, and yet not past the repetition.
    [
      'Europe/Berlin',
      '0,30 2 27 10 *',
      '2024-10-27T02:10',
      ['2024-10-27T02:30+02:00', '2024-10-27T02:00+01:00', '2024-10-27T02:30+01:00', '2025-10-27T02:00+01:00'],
    ],
    ['America/New_York', '59 1 * * *', '2018-11-03T12:00', ['2018-11-04T01:59-04:00', '2018-11-05T01:59-05:00']],
    ['Australia/Lord_Howe', '45 1 * * *', '2024-04-06T12:00', ['2024-04-07T01:45+11:00', '2024-04-08T01:45+10:30']],
    [
      'Australia/Lord_Howe',
      '*/15 * * * *',
      '2024-04-07T01:15',
      ['2024-04-07T01:30+11:00', '2024-04-07T01:45+11:00', '2024-04-07T01:30+10:30', '2024-04-07T01:45+10:30'],
    ],
    ['Pacific/Chatham', '0 3 * * *', '2024-04-06T12:00', ['2024-04-07T03:00+13:45', '2024-04-08T03:00+12:45']],
    // Midnight comes twice.
    ['America/Havana', '0 0 * * *', '2024-11-02T12:00', ['2024-11-03T00:00-04:00', '2024-11-04T00:00-05:00']],
    // The last hour of a day comes again.
    ['America/Santiago', '30 23 6 4 *', '2024-01-01T00:00', ['2024-04-06T23:30-03:00', '2025-04-06T23:30-04:00']],
    ['Africa/Casablanca', '30 2 * * *', '2024-03-09T12:00', ['2024-03-10T02:30+01:00', '2024-03-11T02:30+00:00']],
    // Volgograd changed for good.
    ['Europe/Volgograd', '30 1 * * *', '2020-12-26T12:00', ['2020-12-27T01:30+04:00', '2020-12-28T01:30+03:00']],
  ])('%s %s', (zone, cron, after, runs) => {
    expect(runsOf(cron, zone, after, runs.length)).toEqual(runs);
  });

  it('asked in the middle of the repeated hour, knows what it has run', () => {
    const cron = cronOf('30 2 * * *');
    const secondHour = new Date('2024-10-27T01:10:00Z');
    expect(shown(nextRun(cron, 'Europe/Berlin', secondHour), 'Europe/Berlin')).toBe('2024-10-28T02:30+01:00');
  });
});

describe('other policies', () => {
  it('are fugit’s unless another is asked for', () => {
    expect(runsOf('30 2 * * *', 'Europe/Berlin', '2024-10-26T12:00', 3, FUGIT_DST)).toEqual(
      runsOf('30 2 * * *', 'Europe/Berlin', '2024-10-26T12:00', 3),
    );
  });

  const gap = (text: string): readonly string[] =>
    runsOf(text, 'Europe/Berlin', '2024-03-30T12:00', 2, { gap: 'after_gap', overlap: 'first' });

  it('runs once at the first moment after the gap, for all times in it', () => {
    expect(gap('30 2 * * *')).toEqual(['2024-03-31T03:00+02:00', '2024-04-01T02:30+02:00']);
    expect(gap('*/10 2 * * *')).toEqual(['2024-03-31T03:00+02:00', '2024-04-01T02:00+02:00']);
    expect(gap('0 2,3 * * *')).toEqual(['2024-03-31T03:00+02:00', '2024-04-01T02:00+02:00']);
    expect(gap('30 3 * * *')).toEqual(['2024-03-31T03:30+02:00', '2024-04-01T03:30+02:00']);
  });

  it('makes up for nothing when a cron runs every hour', () => {
    expect(
      runsOf('30 * * * *', 'Europe/Berlin', '2024-03-31T01:00', 2, { gap: 'after_gap', overlap: 'first' }),
    ).toEqual(['2024-03-31T01:30+01:00', '2024-03-31T03:30+02:00']);
  });

  it('makes up for a day that was left out', () => {
    expect(
      runsOf('0 12 30 12 *', 'Pacific/Apia', '2011-01-01T00:00', 2, { gap: 'after_gap', overlap: 'first' }),
    ).toEqual(['2011-12-31T00:00+14:00', '2012-12-30T12:00+14:00']);
  });

  it.each<readonly [DstPolicy['overlap'], string, readonly string[]]>([
    ['first', '30 2 * * *', ['27T02:30+02:00', '28T02:30+01:00']],
    ['second', '30 2 * * *', ['27T02:30+01:00', '28T02:30+01:00']],
    ['both', '30 2 * * *', ['27T02:30+02:00', '27T02:30+01:00', '28T02:30+01:00']],
    ['first', '0,30 2 * * *', ['27T02:00+02:00', '27T02:30+02:00', '28T02:00+01:00']],
    ['second', '0,30 2 * * *', ['27T02:00+01:00', '27T02:30+01:00', '28T02:00+01:00']],
  ])('%s: %s', (overlap, text, runs) => {
    expect(runsOf(text, 'Europe/Berlin', '2024-10-26T12:00', runs.length, { gap: 'skip', overlap })).toEqual(
      runs.map((run) => `2024-10-${run}`),
    );
  });
});

describe('runs between two moments, and the latest', () => {
  const cron = cronOf('0 4 * * *');

  it('excludes the first moment and includes the last', () => {
    const runs = [...runsBetween(cron, 'UTC', new Date('2026-01-01T04:00:00Z'), new Date('2026-01-03T04:00:00Z'))];
    expect(runs).toEqual([new Date('2026-01-02T04:00:00Z'), new Date('2026-01-03T04:00:00Z')]);
    expect([...runsBetween(cron, 'UTC', new Date('2026-01-01T04:00:00Z'), new Date('2026-01-02T03:59:59Z'))]).toEqual(
      [],
    );
  });

  it.each([
    ['0 4 * * *', '2026-01-03T04:00:00Z', '2026-01-03T04:00:00.000Z'],
    ['0 4 * * *', '2026-01-03T03:59:59.999Z', '2026-01-02T04:00:00.000Z'],
    ['* * * * *', '2026-01-03T03:59:59.999Z', '2026-01-03T03:59:00.000Z'],
    ['0 0 29 2 *', '2027-01-01T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0 0 29 2 mon&', '2027-01-01T00:00:00Z', '2016-02-29T00:00:00.000Z'],
    ['* * 1 1 *', '2026-12-01T00:00:00Z', '2026-01-01T23:59:00.000Z'],
  ])('%s until %s ran at %s', (text, until, expected) => {
    expect(latestRun(cronOf(text), 'UTC', new Date(until))?.toISOString()).toBe(expected);
  });

  it('looks back over the repeated hour', () => {
    const at = (until: string) => latestRun(cronOf('30 2 * * *'), 'Europe/Berlin', new Date(until))?.toISOString();
    expect(at('2024-10-27T23:00:00Z')).toBe('2024-10-27T00:30:00.000Z');
    expect(at('2024-03-31T23:00:00Z')).toBe('2024-03-30T01:30:00.000Z');
  });
});

describe('changes of a zone', () => {
  it('are listed with their offsets', () => {
    expect(
      zoneChangesBetween('Europe/Berlin', new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')),
    ).toEqual([
      { at: new Date('2026-03-29T01:00:00Z'), offsetBefore: 3600, offsetAfter: 7200 },
      { at: new Date('2026-10-25T01:00:00Z'), offsetBefore: 7200, offsetAfter: 3600 },
    ]);
  });

  it('exclude the first moment and include the last', () => {
    const change = new Date('2026-03-29T01:00:00Z');
    expect(zoneChangesBetween('Europe/Berlin', new Date('2026-01-01T00:00:00Z'), change)).toHaveLength(1);
    expect(zoneChangesBetween('Europe/Berlin', change, new Date('2026-05-01T00:00:00Z'))).toEqual([]);
  });

  it('are none where the clocks stand', () => {
    for (const zone of ['Asia/Tokyo', 'UTC', '+05:45'])
      expect(zoneChangesBetween(zone, new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z'))).toEqual([]);
  });
});
