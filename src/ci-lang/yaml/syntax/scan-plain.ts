import { CODE, isBlank, isBlankOrEnd, isBreak, isFlowIndicator } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { foldBreaks } from './fold.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';

/** What stands after a `:` in a flow collection that makes `x:` neither a key nor a scalar. */
function isColonTrap(code: number): boolean {
  return code === CODE.question || isFlowIndicator(code);
}

/** Passes the non-blank characters of a plain scalar; false when an indicator stopped it. */
function takeWord(cursor: Cursor, inFlow: boolean, start: Mark): void {
  for (let code = cursor.peek(); !isBlankOrEnd(code); code = cursor.peek()) {
    if (code === CODE.colon) {
      const next = cursor.peek(1);
      if (inFlow && isColonTrap(next)) {
        throw new YamlSyntaxError("found unexpected ':'", cursor.mark(), {
          text: 'while scanning a plain scalar',
          mark: start,
        });
      }
      if (isBlankOrEnd(next)) return;
    } else if (inFlow && isFlowIndicator(code)) return;
    cursor.skip();
  }
}

/**
 * Reads an unquoted scalar. `indent` is the least column of its further lines outside flow collections.
 * `endedByBreak`: the text ended at a line break, so a simple key may follow.
 */
export function scanPlain(
  cursor: Cursor,
  inFlow: boolean,
  indent: number,
): { readonly value: string; readonly endedByBreak: boolean } {
  const start = cursor.mark();
  let value = '';
  let spaces = '';
  let firstBreak = '';
  let moreBreaks = '';
  let afterBreak = false;
  while (!cursor.atDocumentIndicator() && cursor.peek() !== CODE.hash) {
    const from = cursor.index;
    takeWord(cursor, inFlow, start);
    if (cursor.index > from) {
      value += afterBreak ? foldBreaks(firstBreak, moreBreaks) : spaces;
      value += cursor.text.slice(from, cursor.index);
      spaces = '';
      firstBreak = '';
      moreBreaks = '';
      afterBreak = false;
    }
    const stop = cursor.peek();
    if (!isBlank(stop) && !isBreak(stop)) break;
    for (let code = stop; isBlank(code) || isBreak(code); code = cursor.peek()) {
      if (isBreak(code)) {
        if (afterBreak) moreBreaks += cursor.skipBreak();
        else firstBreak = cursor.skipBreak();
        afterBreak = true;
        continue;
      }
      if (afterBreak && cursor.column < indent && code === CODE.tab) {
        throw new YamlSyntaxError('found a tab character that violates indentation', cursor.mark(), {
          text: 'while scanning a plain scalar',
          mark: start,
        });
      }
      if (!afterBreak) spaces += String.fromCharCode(code);
      cursor.skip();
    }
    if (!inFlow && cursor.column < indent) break;
  }
  return { value, endedByBreak: afterBreak };
}
