import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBlocks } from './find-blocks.ts';

const shown = (text: string): readonly string[] => findBlocks(text).map(({ data }) => data);

/** GitLab's own pattern; slow on hostile text. */
const PATTERN = /\$\[\[[ \t\r\n\f]*([^ \t\r\n\f][^\n]*?[^ \t\r\n\f])[ \t\r\n\f]*\]\]/g;
const searched = (text: string): unknown =>
  [...text.matchAll(PATTERN)].map((match) => {
    const [found, data] = match;
    return { text: found, data, start: match.index, end: match.index + found.length };
  });

describe('blocks of a text', () => {
  it('stand between brackets, without the space around them', () => {
    expect(shown('a $[[ inputs.a ]] b $[[inputs.b|f(1)]]')).toEqual(['inputs.a', 'inputs.b|f(1)']);
    expect(shown('$[[\n\tinputs.a\r\n]]')).toEqual(['inputs.a']);
  });

  it('are two characters on one line at least', () => {
    expect(shown('$[[]]')).toEqual([]);
    expect(shown('$[[\n]] ')).toEqual([]);
    expect(shown('$[[a]]')).toEqual([]);
    expect(shown('$[[a\nb]]')).toEqual([]);
    expect(shown('$[[a\nb]] $[[cd]]')).toEqual(['cd']);
  });

  it('end at the first brackets, and begin at the first ones', () => {
    expect(shown('$[[ab]]]')).toEqual(['ab']);
    expect(shown('$[[a]]]')).toEqual(['a]']);
    expect(shown('$[[ x $[[ y ]]')).toEqual(['x $[[ y']);
  });

  it('are those that the pattern finds', () => {
    const pieces = fc.constantFrom('$[[', ']]', '[', ']', '$', ' ', '\n', '\t', 'a', 'b.c', '|', '\v', 'é');
    const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(findBlocks(text)).toEqual(searched(text));
      }),
      { numRuns: 2000 },
    );
  });
});
