import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('parseDuration', () => {
  it.each<[string, number]>([
    ['60', 60],
    ['1 day', DAY],
    ['1d', DAY],
    ['2 wks, 1 d', 15 * DAY],
    ['1 week', 7 * DAY],
    ['6 mos 1 day', 181 * DAY],
    ['1 yr', 31_557_600],
    ['1h 30m', 5400],
    ['1h30m', 5400],
    ['1h30', 3630],
    ['1h1h', 7200],
    ['1.5h', 5400],
    ['.5h', 1800],
    ['0.5 sec', 0.5],
    ['1H', HOUR],
    ['3 mins and 4 sec', 184],
    ['2 hrs plus 20 min', 8400],
    ['1 hour, 30 min', 5400],
    ['2 hours\n30 minutes', 9000],
    ['week', 7 * DAY],
    ['minute 30sec', 90],
    ['1:30', 90],
    ['1:30:00', 5400],
    ['1:0:0:0', DAY],
    ['1:30 minutes', 1860],
    ['twenty minutes', 1200],
    ['one week', 7 * DAY],
    ['twentyfive min', 1500],
    ['twenty-five min', 1500],
    ['one hundred and five seconds', 105],
    ['two thousand', 2000],
    ['five hundred thousand seconds', 500_000],
    ['one and a half hours', 5400],
    ['1 2 hours', 7200],
    ['1 hour minute', 3600],
  ])('%s is %d s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    '',
    '   ',
    '0',
    '0 days',
    'a day',
    'an hour',
    'half an hour',
    'never',
    '-1h',
    '1 fortnight',
    '100ms',
    '$VAR',
    '1 hour , 30',
    '1..5h',
    '1e3s',
    'in 1 day',
    '1:2:3:4:5:6:7',
    '9'.repeat(400),
    'one '.repeat(1_000_000),
    '__proto__',
    'constructor',
  ])('refuses %s', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('comes to the same by the short way for plain durations and by the long one', () => {
    const units = 's secs minute m hours h day d weeks w month mo year y'.split(' ');
    for (const unit of units) {
      expect(parseDuration(`3${unit}`), unit).toBe(parseDuration(`3  ${unit}`));
      expect(parseDuration(`12 ${unit}`), unit).toBe(parseDuration(`12 ${unit},`));
    }
    expect(parseDuration('3 fortnights')).toBeUndefined();
  });

  it('gives a positive number or nothing for any text, in little time', () => {
    const piece = fc.constantFrom(...'1 2 .5 10 h m days and , : one twenty hundred half a - / never'.split(' '), ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        const before = process.threadCpuUsage();
        const seconds = parseDuration(pieces.join(''));
        expect(seconds ?? 1).toBeGreaterThan(0);
        expect(process.threadCpuUsage(before).user).toBeLessThan(200_000);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['joined numbers', 'one hundred and '.repeat(31)],
    ['fractions', `1${' and '.repeat(90)}`],
    ['whitespace', `1${' '.repeat(490)}`],
    ['colons', '1:'.repeat(249)],
    ['hyphens', '1-'.repeat(249)],
  ])('takes little time for %s', (_, text) => {
    const before = process.threadCpuUsage();
    parseDuration(text);
    expect(process.threadCpuUsage(before).user).toBeLessThan(200_000);
  });
});
