import { describe, expect, it } from 'vitest';
import { writtenOut } from '../../../test/support/cron-written-out.ts';
import { parseCron } from './index.ts';

/** What fugit 1.11.2 makes of each text (its `to_cron_s`, with `&` at the end when it asks for both kinds of days). */
const ACCEPTED: readonly (readonly [string, string])[] = [
  ['* * * * *', '* * * * *'],
  ['5 0 * * *', '5 0 * * *'],
  ['15 14 1 * *', '15 14 1 * *'],
  ['0 22 * * 1-5', '0 22 * * 1,2,3,4,5'],
  ['0 22 * * 0', '0 22 * * 0'],
  ['0 22 * * 7', '0 22 * * 0'],
  ['0 23 * * 7-1', '0 23 * * 0,1'],
  ['0 23 * * 6-1', '0 23 * * 0,1,6'],
  ['23 0-23/2 * * *', '23 0,2,4,6,8,10,12,14,16,18,20,22 * * *'],
  ['14,24 8-12,14-19/2 * * *', '14,24 8,9,10,11,12,14,16,18 * * *'],
  ['24,14 14-19/2,8-12 * * *', '14,24 8,9,10,11,12,14,16,18 * * *'],
  ['*/1 1-3/1 * * *', '* 1,2,3 * * *'],
  ['0 22 * * 5-1', '0 22 * * 0,1,5,6'],
  ['0 9-17/2 * * *', '0 9,11,13,15,17 * * *'],
  ['0 */2 * * *', '0 0,2,4,6,8,10,12,14,16,18,20,22 * * *'],
  ['0 0 * * */2', '0 0 * * 0,2,4,6'],
  ['0 0 * * 1-5/2', '0 0 * * 1,3,5'],
  ['0 0 * * 3/2', '0 0 * * 3'],
  ['* * 01 * *', '* * 1 * *'],
  ['* * * 01 *', '* * * 1 *'],
  ['*/15 * * * *', '0,15,30,45 * * * *'],
  ['/15 * * * *', '0,15,30,45 * * * *'],
  ['/15 * * * * *', '0,15,30,45 * * * * *'],
  ['/15 /4 * * *', '0,15,30,45 0,4,8,12,16,20 * * *'],
  ['0/15 * * * *', '0,15,30,45 * * * *'],
  ['15/30 * * * *', '15,45 * * * *'],
  ['15-40/30 * * * *', '15 * * * *'],
  ['0 4/12 * * *', '0 4,16 * * *'],
  ['0 18 * * fri-sun', '0 18 * * 0,5,6'],
  ['0 19 * 7-8 0', '0 19 * 7,8 0'],
  ['0 19 * nov-dec 0', '0 19 * 11,12 0'],
  ['0 19 * 11-2 0', '0 19 * 1,2,11,12 0'],
  ['0 19 * nov-mar 0', '0 19 * 1,2,3,11,12 0'],
  ['10-15 7 * * *', '10,11,12,13,14,15 7 * * *'],
  ['55-5 7 * * *', '0,1,2,3,4,5,55,56,57,58,59 7 * * *'],
  ['10 23-04 * * *', '10 0,1,2,3,4,23 * * *'],
  ['0 23 30-3 * *', '0 23 1,2,3,30,31 * *'],
  ['0 23 1 11-2 *', '0 23 1 1,2,11,12 *'],
  ['0 23 * * sat-mon', '0 23 * * 0,1,6'],
  ['58-2 0 23 * * *', '0,1,2,58,59 0 23 * * *'],
  ['* 22-24 * * *', '* 0,22,23 * * *'],
  ['* 24 * * *', '* 0 * * *'],
  ['* 24/6 * * *', '* 0,5,11,17,23 * * *'],
  ['* 24-2 * * *', '* 0,1,2 * * *'],
  ['* 5-24/6 * * *', '* 5,11,17,23 * * *'],
  ['0 24,0 * * *', '0 0 * * *'],
  ['1 /1 * * *', '1 * * * *'],
  ['1 */1 * * *', '1 * * * *'],
  ['1 0/1 * * *', '1 * * * *'],
  ['1 0-23/1 * * *', '1 * * * *'],
  ['0-59 * * * *', '* * * * *'],
  ['0 7/5 * * *', '0 7,12,17,22 * * *'],
  ['0 7-17/5 * * *', '0 7,12,17 * * *'],
  ['0/10 * * * 1-5', '0,10,20,30,40,50 * * * 1,2,3,4,5'],
  ['30 7/4 * * *', '30 7,11,15,19,23 * * *'],
  ['9,,19 * * * *', '9,19 * * * *'],
  [',8 * * * *', '8 * * * *'],
  [',,10,,20, * * * *', '10,20 * * * *'],
  ['10,,20 * 1,,11,,21, * *', '10,20 * 1,11,21 * *'],
  ['10, ,20 * * * *', '10,20 * * * *'],
  ['10 , 4 * * *', '10 4 * * *'],
  ['10, 4 * * *', '10 4 * * *'],
  ['* */27 * * *', '* 0 * * *'],
  ['* */24 * * *', '* 0 * * *'],
  ['* */23 * * *', '* 0,23 * * *'],
  ['*/60 * * * *', '0 * * * *'],
  ['*/99 * * * *', '0 * * * *'],
  ['1-58/40 * * * *', '1,41 * * * *'],
  ['* * -1 * *', '* * -1 * *'],
  ['* * -7--1 * *', '* * -7,-6,-5,-4,-3,-2,-1 * *'],
  ['* * -1--27 * *', '* * -31,-30,-29,-28,-27,-1 * *'],
  ['* * -7--1/2 * *', '* * -7,-5,-3,-1 * *'],
  ['* * L * *', '* * -1 * *'],
  ['* * l * *', '* * -1 * *'],
  ['* * LAST * *', '* * -1 * *'],
  ['* * -7-L * *', '* * -7,-6,-5,-4,-3,-2,-1 * *'],
  ['* * last * *', '* * -1 * *'],
  ['* * 25-l * *', '* * 25,26,27,28,29,30,31 * *'],
  ['* * 28--2 * *', '* * 28,29,30,31 * *'],
  ['* * 1-31 * *', '* * * * *'],
  ['* * 1,L * *', '* * -1,1 * *'],
  ['* * -31 * *', '* * -31 * *'],
  ['* * -31 1 *', '* * -31 1 *'],
  ['* * * jan-mar *', '* * * 1,2,3 *'],
  ['* * * Jan-Aug/2 *', '* * * 1,3,5,7 *'],
  ['* * * DEC *', '* * * 12 *'],
  ['* * * 12-1 *', '* * * 1,12 *'],
  ['* * * */5 *', '* * * 1,6,11 *'],
  ['* * * 1-12 *', '* * * * *'],
  ['* * * 3/4 *', '* * * 3,7,11 *'],
  ['* * * * sun,mon', '* * * * 0,1'],
  ['* * * * Sun,mOn', '* * * * 0,1'],
  ['* * * * mon-wed', '* * * * 1,2,3'],
  ['* * * * sun,2-4', '* * * * 0,2,3,4'],
  ['* * * * sun,mon-tue', '* * * * 0,1,2'],
  ['* * * * sun,Sun,0,7', '* * * * 0'],
  ['* * * * 0-6', '* * * * 0,1,2,3,4,5,6'],
  ['* * * * 0-7', '* * * * 0,1,2,3,4,5,6'],
  ['* * * * 7-2', '* * * * 0,1,2'],
  ['* * * * *,mon', '* * * * 1'],
  ['* * * * */3', '* * * * 0,3,6'],
  ['0 0 * * mon#1,tue', '0 0 * * 1#1,2'],
  ['0 0 * * mon#-1,tue', '0 0 * * 1#-1,2'],
  ['0 0 * * mon#L,tue', '0 0 * * 1#-1,2'],
  ['0 0 * * mon#last,tue', '0 0 * * 1#-1,2'],
  ['0 0 * * fri#l', '0 0 * * 5#-1'],
  ['0 0 * * 5#5', '0 0 * * 5#5'],
  ['0 0 * * 0#-5', '0 0 * * 0#-5'],
  ['0 0 * * 7#2', '0 0 * * 0#2'],
  ['0 0 * * mon#1,mon#3', '0 0 * * 1#1,1#3'],
  ['* * * * sun#L', '* * * * 0#-1'],
  ['* * * * sun%2', '* * * * 0%2'],
  ['* * * * sun%2+1', '* * * * 0%2+1'],
  ['* * * * tue%3+1', '* * * * 2%3+1'],
  ['* * * * mon%2,fri', '* * * * 1%2,5'],
  ['0 0 */2 * 1-5&', '0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1,2,3,4,5&'],
  ['0 0 */2& * 1-5', '0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1,2,3,4,5&'],
  ['0 0 */2& * 1-5&', '0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1,2,3,4,5&'],
  ['0 0 1-7& * 2', '0 0 1,2,3,4,5,6,7 * 2&'],
  ['0 0 1,& * 2,&', '0 0 1 * 2&'],
  ['0 0 13 * fri&', '0 0 13 * 5&'],
  ['0 0 13 * fri', '0 0 13 * 5'],
  ['* * 30,31 2,3 *', '* * 30,31 3 *'],
  ['* * 31 3,4 *', '* * 31 3 *'],
  ['* * 29 2 *', '* * 29 2 *'],
  ['0 0 29 2 mon&', '0 0 29 2 1&'],
  ['0 0 30 * mon', '0 0 30 * 1'],
  ['0 0 * 2 mon', '0 0 * 2 1'],
  ['0 0 1 1 *', '0 0 1 1 *'],
  ['0 0 1 * *', '0 0 1 * *'],
  ['0 12 * * *', '0 12 * * *'],
  ['30 4 1,15 * 5', '30 4 1,15 * 5'],
  ['0 8 L * mon-thu', '0 8 -1 * 1,2,3,4'],
  ['59 6 1-7 * 2', '59 6 1,2,3,4,5,6,7 * 2'],
  ['0 9 29 feb *', '0 9 29 2 *'],
  ['0 0 1 */3 *', '0 0 1 1,4,7,10 *'],
  ['0 0,12 1 */2 *', '0 0,12 1 1,3,5,7,9,11 *'],
  ['5,35 * * * *', '5,35 * * * *'],
  ['3-59/10 * * * *', '3,13,23,33,43,53 * * * *'],
  ['0 0 1 1 * *', '0 1 1 * *'],
  ['10 * * * * *', '10 * * * * *'],
  ['*/10 30 4 * * *', '0,10,20,30,40,50 30 4 * * *'],
  ['* * * * * *', '* * * * * *'],
  ['0-59/1 * * * * *', '* * * * * *'],
  ['*/7 */5 * * * mon', '0,7,14,21,28,35,42,49,56 0,5,10,15,20,25,30,35,40,45,50,55 * * * 1'],
  ['0 0 0 L 12 sun#L', '0 0 -1 12 0#-1'],
  ['09 09 09 09 *', '9 9 9 9 *'],
  ['0\t0\t*\t*\t*', '0 0 * * *'],
  ['0   0 *  * *', '0 0 * * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@noon', '0 12 * * *'],
  ['@hourly', '0 * * * *'],
];

/** A part of the reason → texts that have it. fugit takes none of them, but `mon%0`, on which it fails later. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'The cron is empty': [''],
  field: ['*', '*********', 'nada', 'invalid_cron'],
  'fields: write five': ['* *', '* * *', '* * * *', '* * * * * * *', '0 4 * * * America/Los Angeles'],
  sentence: ['every 3h', 'every day at noon', 'every 5 minutes', 'at midnight', 'daily at 4'],
  'quotation marks': ["'0 * * * *'", '"0 * * * *"', '`0 * * * *`'],
  'a minute: write': [
    '60 * * * *',
    '-1 * * * *',
    '1-60 * * * *',
    '005 * * * *',
    '1.5 * * * *',
    'a * * * *',
    '1- * * * *',
    '-5 * * * *',
    '1--5 * * * *',
    '1-5-7 * * * *',
    '*-5 * * * *',
    '*5 * * * *',
    '5* * * * *',
    '** * * * *',
    '*/-5 * * * *',
    '*/5/5 * * * *',
    '1,x * * * *',
    '1;2 * * * *',
    'jan * * * *',
    '0& * * * *',
  ],
  'is not a step': ['*/ * * * *', '*/0 * * * *', '*/100 * * * *', '*/x * * * *'],
  'is empty: write *': [', * * * *', '* * & * *'],
  'space before a comma': ['1 ,2 * * * *'],
  'an hour: write': [
    '* 25 * * *',
    '* 2-25 * * *',
    '* 024 * * *',
    '* 12h * * *',
    '* 4pm * * *',
    '* 04:00 * * *',
    '0 0& * * *',
  ],
  'a day: write': [
    '* * 0 * *',
    '* * 00 * *',
    '* * 001 * *',
    '* * 32 * *',
    '* * -32 * *',
    '* * -0 * *',
    '* * LW * *',
    '* * 15W * *',
    '* * 1# * *',
    '* * mon * *',
    '* * 1&& * *',
  ],
  'begins at the end of the month': ['* * -5-3 * *', '* * -5/2 * *', '* * L-3 * *'],
  'belongs to other crons': ['* * ? * *', '* * * * ?'],
  'a month: write': [
    '* * * 0 *',
    '* * * 00 *',
    '* * * 13 *',
    '* * * 1-13 *',
    '* * * -1 *',
    '* * * mon *',
    '* * * L *',
    '* * * 1& *',
  ],
  'write the first three letters': ['* * * january *', '* * * jann *', '* * * * monday'],
  'a weekday: write': [
    '* * * * 8',
    '* * * * 07',
    '* * * * mo',
    '* * * * jan',
    '* * * * L',
    '* * * * 5L',
    '* * * * -1',
    '* * * * #2',
    '* * * * mon-fri#2',
    '* * * * %2',
    '* * * * mon-fri%2',
    '0 0 * * * #comment',
    '0 0 * * * /usr/bin/true',
    '0 0 1 1 * 2027',
  ],
  'after the #': ['* * * * 1#0', '* * * * 1#6', '* * * * 1#-6', '* * * * 1#', '* * * * mon#x'],
  'the number of weeks': ['* * * * mon%', '* * * * mon%0', '* * * * mon%x', '* * * * mon%2-1', '* * * * mon%2+'],
  'looks like a time zone': [
    '* * * * * UTC',
    '* * * * * Europe/Berlin',
    '0 4 * * * +02:00',
    '0 4 * * mon JST',
    '0 4 * * * * Asia/Tokyo',
  ],
  'behind the special word': ['@daily UTC'],
  'is not known': ['@reboot', '@Daily', '@every 5m', '@often', '@'],
  'No such day ever comes': [
    '0 0 30 2 *',
    '0 12 31 2 *',
    '0 0 30,31 2 *',
    '0 0 31 4 *',
    '0 0 31 6 *',
    '0 0 31 2,4 *',
    '0 0 31 9,11 *',
    '0 0 31 2 mon',
  ],
  'H has no meaning': ['H * * * *', '* H(0-5) * * *'],
  'a second: write': ['TZ=UTC 0 0 * * *', 'CRON_TZ=UTC 0 0 * * *'],
};

const cronOf = (text: string, hashSeed?: string) => {
  const parsed = parseCron(text, { hashSeed });
  if (parsed.kind === 'refused') throw new Error(`${text}: ${parsed.reason}`);
  return parsed.cron;
};

const valuesOf = (field: string, seed: string): readonly number[] => cronOf(`${field} * * * *`, seed).minutes;

describe('what fugit takes', () => {
  it.each(ACCEPTED)('%s is %s', (text, expected) => {
    expect(writtenOut(cronOf(text))).toBe(expected);
  });

  it('takes every hour for any hour, and weeks beyond the rhythm for their remainder', () => {
    expect(writtenOut(cronOf('* 0-24 * * *'))).toBe('* * * * *');
    expect(writtenOut(cronOf('* * * * 7%4+6'))).toBe('* * * * 0%4+2');
  });

  it('keeps the text without the spaces around it', () => {
    expect(cronOf('  0 4 * * *\n').text).toBe('0 4 * * *');
  });

  it('takes weekdays with a step around the end, of which fugit 1.11.2 makes every day', () => {
    expect(writtenOut(cronOf('0 0 * * fri-mon/2'))).toBe('0 0 * * 0,5');
  });
});

describe('what is refused', () => {
  it.each(Object.entries(REFUSED).flatMap(([reason, texts]) => texts.map((text) => [text, reason] as const)))(
    '%s: … %s …',
    (text, reason) => {
      const parsed = parseCron(text);
      expect(parsed.kind === 'refused' ? parsed.reason : 'accepted').toContain(reason);
    },
  );

  it.each(['0 0 13& * thu#5', '0 0 29 2 mon#1&', '0 0 1-7 * fri#2&', '0 0 -31 2 *', '0 0 -30,-31 2 *'])(
    '%s, which fugit searches in vain',
    (text) => {
      expect(parseCron(text)).toMatchObject({ reason: expect.stringContaining('No such day') });
    },
  );

  it('a text that is too long, and long texts without much ado', () => {
    expect(parseCron(`${'0,'.repeat(600)}0 * * * *`)).toMatchObject({ reason: expect.stringContaining('too long') });
    for (const text of [' '.repeat(1e6), ', '.repeat(499), `1${' '.repeat(900)}x`, `${' ,'.repeat(490)}1`])
      expect(parseCron(text).kind).toBe('refused');
  });
});

describe('H', () => {
  it('is the same for the same seed, and another for others', () => {
    expect(valuesOf('H', 'schedule 7')).toEqual(valuesOf('H', 'schedule 7'));
    const seeds = Array.from({ length: 600 }, (_, index) => `schedule ${index}`);
    const counts = Map.groupBy(seeds, (seed) => valuesOf('H', seed)[0]);
    expect(counts.size).toBe(60);
    expect(Math.max(...[...counts.values()].map((found) => found.length))).toBeLessThan(30);
  });

  it('is drawn for each field anew', () => {
    const pairs = Array.from({ length: 200 }, (_, index) => cronOf('H H(0-23) * * *', `${index}`));
    expect(new Set(pairs.map((cron) => (cron.minutes[0] ?? 0) - (cron.hours[0] ?? 0))).size).toBeGreaterThan(30);
  });

  it('with a step begins within the first step', () => {
    for (let seed = 0; seed < 50; seed++) {
      const values = valuesOf('H/15', `${seed}`);
      expect(values).toEqual([0, 15, 30, 45].map((value) => value + (values[0] ?? 0)));
    }
  });

  it('keeps to its range', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [value = -1] = valuesOf('H(10-12)', `${seed}`);
      expect(value).toBeGreaterThanOrEqual(10);
      expect(value).toBeLessThanOrEqual(12);
      for (const one of valuesOf('H(0-29)/10', `${seed}`)) expect(one).toBeLessThanOrEqual(29);
      expect(valuesOf('H(0-29)/10', `${seed}`)).toHaveLength(3);
    }
  });

  it('is a day that every month has', () => {
    const days = Array.from({ length: 300 }, (_, seed) => writtenOut(cronOf('0 0 H * *', `${seed}`)).split(' ')[2]);
    expect(new Set(days).size).toBe(28);
    expect(days).not.toContain('29');
  });

  it('stands for a weekday and a month, too, and in lists', () => {
    expect(writtenOut(cronOf('0 0 1 H H', 'a'))).toMatch(/^0 0 1 \d+ \d$/);
    expect(valuesOf('H(0-4),H(30-34)', 'a')).toHaveLength(2);
  });

  it.each([
    'H(5-3) * * * *',
    'H(0-60) * * * *',
    'H() * * * *',
    'H/0 * * * *',
    '* H(0-24) * * *',
    'HH * * * *',
    'h * * * *',
  ])('%s is refused', (text) => {
    expect(parseCron(text, { hashSeed: 'a' }).kind).toBe('refused');
  });
});
