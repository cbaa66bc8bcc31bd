import { CODE, hexValue, isBlank, isBlankOrEnd, isBreak } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { foldBreaks } from './fold.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);

const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function problem(text: string, cursor: Cursor, start: Mark, doing = 'parsing'): YamlSyntaxError {
  return new YamlSyntaxError(text, cursor.mark(), { text: `while ${doing} a quoted scalar`, mark: start });
}

/** Passes `\` and its escape code, and returns the character it stands for. */
function takeEscape(cursor: Cursor, start: Mark): string {
  const letter = String.fromCharCode(cursor.peek(1));
  const simple = ESCAPES.get(letter);
  const length = CODE_LENGTHS.get(letter);
  if (simple === undefined && length === undefined) throw problem('found unknown escape character', cursor, start);
  cursor.skip();
  cursor.skip();
  if (simple !== undefined) return simple;
  let value = 0;
  for (let digit = 0; digit < (length ?? 0); digit += 1) {
    const hex = hexValue(cursor.peek(digit));
    if (hex < 0) throw problem('did not find expected hexdecimal number', cursor, start);
    value = value * 16 + hex;
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw problem('found invalid Unicode character escape code', cursor, start);
  }
  for (let digit = 0; digit < (length ?? 0); digit += 1) cursor.skip();
  return String.fromCodePoint(value);
}

/** Reads a single- or double-quoted scalar, the cursor standing on its opening quote. */
export function scanQuoted(cursor: Cursor): string {
  const start = cursor.mark();
  const quote = cursor.peek();
  const single = quote === CODE.singleQuote;
  cursor.skip();
  let value = '';
  for (;;) {
    if (cursor.atDocumentIndicator()) throw problem('found unexpected document indicator', cursor, start, 'scanning');
    if (cursor.peek() === 0) throw problem('found unexpected end of stream', cursor, start, 'scanning');
    let afterBreak = false;
    let from = cursor.index;
    for (let code = cursor.peek(); !isBlankOrEnd(code); code = cursor.peek()) {
      if (code === quote) {
        if (!single || cursor.peek(1) !== quote) break;
        value += `${cursor.text.slice(from, cursor.index)}'`;
        cursor.skip();
        cursor.skip();
        from = cursor.index;
      } else if (!single && code === CODE.backslash) {
        value += cursor.text.slice(from, cursor.index);
        if (isBreak(cursor.peek(1))) {
          cursor.skip();
          cursor.skipBreak();
          afterBreak = true;
          from = cursor.index;
          break;
        }
        value += takeEscape(cursor, start);
        from = cursor.index;
      } else cursor.skip();
    }
    value += cursor.text.slice(from, cursor.index);
    if (cursor.peek() === quote) break;
    value += takeBlanks(cursor, afterBreak);
  }
  cursor.skip();
  return value;
}

/** Passes blanks and line breaks and returns what they become. `escaped`: an escaped line break came before. */
function takeBlanks(cursor: Cursor, escaped: boolean): string {
  let spaces = '';
  let firstBreak = '';
  let moreBreaks = '';
  let afterBreak = escaped;
  for (let code = cursor.peek(); isBlank(code) || isBreak(code); code = cursor.peek()) {
    if (isBreak(code)) {
      if (afterBreak) moreBreaks += cursor.skipBreak();
      else firstBreak = cursor.skipBreak();
      afterBreak = true;
    } else {
      if (!afterBreak) spaces += String.fromCharCode(code);
      cursor.skip();
    }
  }
  return afterBreak ? foldBreaks(firstBreak, moreBreaks) : spaces;
}
