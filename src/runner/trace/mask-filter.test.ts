import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogFilters } from './log-filters.ts';
import { MaskFilter } from './mask-filter.ts';

/** Feeds the pieces one by one and joins what comes out. */
const through = (filter: MaskFilter | LogFilters, pieces: readonly (string | Buffer)[]): string =>
  Buffer.concat([...pieces.map((piece) => filter.write(Buffer.from(piece))), filter.flush()]).toString('utf8');

const cuts = (text: string): (readonly string[])[] =>
  Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);

describe('masking of values', () => {
  it.each(cuts('my secret-value here'))('finds a value cut in two: %j + %j', (...pieces) => {
    expect(through(new MaskFilter({ literals: ['secret-value'] }), pieces)).toBe('my [MASKED] here');
  });

  it('takes the longest of two that begin alike', () => {
    const filter = (): MaskFilter => new MaskFilter({ literals: ['abc', 'abcdef'] });
    expect(through(filter(), ['abc', 'def!'])).toBe('[MASKED]!');
    expect(through(filter(), ['abc', 'dex!'])).toBe('[MASKED]dex!');
    expect(through(filter(), ['abc'])).toBe('[MASKED]');
  });

  it('lets an unfinished beginning through in the end', () => {
    expect(through(new MaskFilter({ literals: ['password'] }), ['my pass'])).toBe('my pass');
  });

  it('masks values with characters that mean something in patterns, and over line ends', () => {
    expect(through(new MaskFilter({ literals: ['a.*[b]$(c)\nd'] }), ['<a.*[b]$', '(c)\nd>'])).toBe('<[MASKED]>');
  });

  it('gives the same whatever the pieces are', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    const literals = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(letters, literals, fc.array(fc.nat(30), { maxLength: 5 }), (text, found, places) => {
        const marks = [0, ...places.map((place) => Math.min(place, text.length)).sort((a, b) => a - b), text.length];
        const pieces = marks.slice(1).map((mark, index) => text.slice(marks[index], mark));
        const whole = through(new MaskFilter({ literals: found }), [text]);
        expect(through(new MaskFilter({ literals: found }), pieces)).toBe(whole);
        for (const literal of found) expect(whole.replaceAll('[MASKED]', '·')).not.toContain(literal);
      }),
    );
  });
});

describe('filters of a job log', () => {
  it('trims values and ignores empty ones', () => {
    expect(through(new LogFilters(['  top-secret\n', ' ', ''], []), ['a top-secret b'])).toBe('a [MASKED] b');
  });

  it('masks query parameters up to their end', () => {
    const text = 'GET /x?Private_Token=abc-123&page=2 and &rss_token=zz\n';
    expect(through(new LogFilters([], []), [text.slice(0, 9), text.slice(9)])).toBe(
      'GET /x?Private_Token=[MASKED]&page=2 and &rss_token=[MASKED]\n',
    );
  });

  it('masks what follows a token prefix, also one the server names, over a cut', () => {
    expect(through(new LogFilters([], ['acme-']), ['glpa', 't-abcdef', 'ghi.x acme-1 end'])).toBe(
      'glpat-[MASKED] acme-[MASKED] end',
    );
  });

  it('masks a value that is not ASCII', () => {
    expect(through(new LogFilters(['pässwörd'], []), ['x pässwörd y'])).toBe('x [MASKED] y');
  });

  it('replaces invalid UTF-8 and keeps characters that were cut', () => {
    const euro = Buffer.from('€');
    const pieces = [Buffer.from([0x61, 0xff]), euro.subarray(0, 1), euro.subarray(1)];
    expect(through(new LogFilters([], []), pieces)).toBe('a\ufffd€');
  });
});
