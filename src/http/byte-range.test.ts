import { describe, expect, it } from 'vitest';
import { rangeOf } from './byte-range.ts';

const ask = (range: string | undefined, ifRange?: string) =>
  rangeOf(
    { headers: { ...(range !== undefined && { range }), ...(ifRange !== undefined && { 'if-range': ifRange }) } },
    100,
    '"tag"',
  );
const part = (start: number, end: number) => ({ kind: 'part', start, end });

describe('rangeOf', () => {
  it.each([
    ['bytes=0-', part(0, 100)],
    ['bytes=0-0', part(0, 1)],
    ['bytes=90-200', part(90, 100)],
    ['bytes=99-', part(99, 100)],
    ['bytes=-1', part(99, 100)],
    ['bytes=-500', part(0, 100)],
    ['bytes= 5 - 6', part(5, 7)],
    ['bytes=100-', { kind: 'beyond' }],
    ['bytes=100-200', { kind: 'beyond' }],
    ['bytes=-0', { kind: 'beyond' }],
    ['bytes=6-5', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    [`bytes=${'9'.repeat(30)}-`, { kind: 'whole' }],
    [undefined, { kind: 'whole' }],
  ])('%s', (header, expected) => {
    expect(ask(header)).toEqual(expected);
  });

  it('goes by If-Range', () => {
    expect(ask('bytes=0-1', '"tag"')).toEqual(part(0, 2));
    expect(ask('bytes=0-1', '"other"')).toEqual({ kind: 'whole' });
  });
});
