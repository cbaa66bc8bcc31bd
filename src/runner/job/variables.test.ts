import { describe, expect, it } from 'vitest';
import { formatGoDuration, parseGoDuration } from './go-duration.ts';
import { goExpand } from './go-expand.ts';
import { resolveVariables } from './variables.ts';

const variable = (key: string, value: string, flags: object = {}) => ({
  key,
  value,
  public: true,
  masked: false,
  ...flags,
});
const nothing = { defaults: {}, facts: {} };

describe('expansion as Go does it', () => {
  const values: Readonly<Record<string, string>> = { A: 'x', LONG_NAME: 'y' };
  it.each([
    ['$A-${A}', 'x-x'],
    ['$LONG_NAME.$LONG', 'y.'],
    ['$$A', '$A'],
    ['$1$?$@${*}end', 'end'],
    ['100$', '100$'],
    ['$ A $-x', '$ A x'],
    ['${}|${', '|'],
    ['${A:-d}', ''],
    ['é$Aé', 'éxé'],
  ])('%s → %s', (text, expected) => {
    expect(goExpand(text, (name) => values[name])).toBe(expected);
  });
});

describe('variables of a job', () => {
  it('looks references up in values that are not expanded yet: one pass', () => {
    const found = resolveVariables([variable('A', '$B'), variable('B', '$C'), variable('C', 'c')], nothing, '/t');
    expect(found.get('A')?.value).toBe('$C');
    expect(found.get('B')?.value).toBe('c');
  });

  it('keeps raw values, and gives paths for references to files', () => {
    const job = [
      variable('RAW', 'a$b', { raw: true }),
      variable('F', 'content', { file: true }),
      variable('P', 'at $F'),
    ];
    const found = resolveVariables(job, nothing, '/tmp/x.tmp');
    expect(found.get('RAW')?.value).toBe('a$b');
    expect(found.get('F')).toMatchObject({ value: '/tmp/x.tmp/F', content: 'content' });
    expect(found.get('P')?.value).toBe('at /tmp/x.tmp/F');
  });

  it('lets a later variable win, the job over defaults, facts over the job', () => {
    const found = resolveVariables(
      [variable('D', 'job'), variable('K', 'first'), variable('K', 'second'), variable('X', 'job')],
      { defaults: { D: 'default', E: 'default' }, facts: { X: 'fact' } },
      '/t',
    );
    const values = ['D', 'E', 'K', 'X'].map((key) => found.get(key)?.value);
    expect(values).toEqual(['job', 'default', 'second', 'fact']);
  });

  it('does not let the name of a file variable lead out of the folder', () => {
    expect(resolveVariables([variable('../../x', 'c', { file: true })], nothing, '/t').get('../../x')?.value).toBe(
      '/t/.._.._x',
    );
  });

  it('takes __proto__ as a name like any other', () => {
    const found = resolveVariables([variable('__proto__', 'p'), variable('R', '$__proto__')], nothing, '/t');
    expect(found.get('R')?.value).toBe('p');
  });
});

describe('durations', () => {
  it.each([
    ['40s', 40_000],
    ['1h20m', 4_800_000],
    ['1.5h', 5_400_000],
    ['100ms', 100],
    ['-5s', -5000],
    ['5', undefined],
    ['', undefined],
    ['5x', undefined],
  ])('%s = %s ms', (text, expected) => {
    expect(parseGoDuration(text)).toBe(expected);
  });

  it('are written as Go writes them', () => {
    expect([1000, 60_000, 3_600_000, 3_725_000].map(formatGoDuration)).toEqual(['1s', '1m0s', '1h0m0s', '1h2m5s']);
  });
});
