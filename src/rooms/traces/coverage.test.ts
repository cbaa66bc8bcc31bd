import { describe, expect, it } from 'vitest';
import { coverageFinder } from './coverage.ts';
import { stripTimestamps } from './strip-timestamps.ts';

const find = (expression: string, ...lines: readonly string[]) => coverageFinder(expression)?.(lines);

describe('coverageFinder', () => {
  it.each([
    ['/\\d+%/', ['a 10%', 'b 20.5% 30%', 'end'], 30],
    ['/Code coverage: \\d+(?:\\.\\d+)?/', ['Code coverage: 67.89'], 67.89],
    ['/Coverage: (\\d+)\\.(\\d+)/', ['Coverage: 12.34'], 34],
    ['/\\d+%|none/', ['7%', 'none'], 7],
    ['/TOTAL.*?(\\d+)%$/i', ['total 10 2 83%'], 83],
    ['/a\\/b \\d+/', ['a/b 5'], 5],
    ['/x/', ['y'], undefined],
  ])('%s in %j is %s', (expression, lines, expected) => {
    expect(find(expression, ...lines)).toBe(expected);
  });

  it('knows no expression that RE2 refuses, that is too large, or that is none', () => {
    for (const expression of ['/(?=a)/', '/(a)\\1/', 'abc', '//', '/a', `/${'.{0,1000}'.repeat(440)}/`]) {
      expect(coverageFinder(expression)).toBeUndefined();
    }
  });

  it('takes linear time for a hostile one', () => {
    const started = performance.now();
    find('/(a+)+$/', `${'a'.repeat(9_000)}b`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('stripTimestamps', () => {
  const at = '2026-08-22T10:00:00.000002Z';

  it('takes headers away and joins lines that go on', () => {
    const lines = [`${at} 00O one`, `${at} 01O 45%`, `${at} 01O+ of all`, `${at} 0fE+!`, `${at} 00O `];
    expect(stripTimestamps(lines)).toEqual(['one', '45% of all!', '']);
  });

  it('leaves a log without headers as it is', () => {
    expect(stripTimestamps(['one', `${at} 00O two`])).toEqual(['one', `${at} 00O two`]);
  });
});
