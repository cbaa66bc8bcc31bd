import { CODE, isBlank, isBreak, isDigit } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';

type Chomping = 'clip' | 'strip' | 'keep';

function problem(text: string, cursor: Cursor, start: Mark): YamlSyntaxError {
  return new YamlSyntaxError(text, cursor.mark(), { text: 'while scanning a block scalar', mark: start });
}

function takeChomping(cursor: Cursor): Chomping {
  const code = cursor.peek();
  if (code !== CODE.plus && code !== CODE.minus) return 'clip';
  cursor.skip();
  return code === CODE.plus ? 'keep' : 'strip';
}

/** The indentation indicator, 0 when there is none. */
function takeIncrement(cursor: Cursor, start: Mark): number {
  const code = cursor.peek();
  if (!isDigit(code)) return 0;
  if (code === CODE.zero) throw problem('found an indentation indicator equal to 0', cursor, start);
  cursor.skip();
  return code - CODE.zero;
}

function takeHeader(cursor: Cursor, start: Mark): { readonly chomping: Chomping; readonly increment: number } {
  cursor.skip();
  let chomping = takeChomping(cursor);
  const increment = takeIncrement(cursor, start);
  if (increment !== 0 && chomping === 'clip') chomping = takeChomping(cursor);
  cursor.skipComment();
  const code = cursor.peek();
  if (code !== 0 && !isBreak(code)) throw problem('did not find expected comment or line break', cursor, start);
  cursor.skipBreak();
  return { chomping, increment };
}

/** Passes indentation and empty lines; `indent` 0 means it is still to be found. Returns the indentation and the breaks. */
function takeEmptyLines(
  cursor: Cursor,
  indent: number,
  parentIndent: number,
  start: Mark,
): { readonly indent: number; readonly breaks: string } {
  let breaks = '';
  let widest = 0;
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.peek() === CODE.space) cursor.skip();
    widest = Math.max(widest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.peek() === CODE.tab) {
      throw problem('found a tab character where an indentation space is expected', cursor, start);
    }
    if (!isBreak(cursor.peek())) break;
    breaks += cursor.skipBreak();
  }
  return { indent: indent === 0 ? Math.max(widest, parentIndent + 1, 1) : indent, breaks };
}

/** Reads a literal (`|`) or folded (`>`) scalar. `parentIndent` is the indentation of the collection around it, -1 at the root. */
export function scanBlock(cursor: Cursor, parentIndent: number): string {
  const start = cursor.mark();
  const literal = cursor.peek() === CODE.pipe;
  const { chomping, increment } = takeHeader(cursor, start);
  const given = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  let { indent, breaks } = takeEmptyLines(cursor, given, parentIndent, start);
  let value = '';
  let lastBreak = '';
  let lastIndented = false;
  while (cursor.column === indent && cursor.peek() !== 0) {
    const indented = isBlank(cursor.peek());
    if (!literal && lastBreak === '\n' && !lastIndented && !indented) {
      if (breaks === '') value += ' ';
    } else value += lastBreak;
    value += breaks + cursor.takeLine();
    lastIndented = indented;
    lastBreak = cursor.skipBreak();
    ({ indent, breaks } = takeEmptyLines(cursor, indent, parentIndent, start));
  }
  if (chomping !== 'strip') value += lastBreak;
  if (chomping === 'keep') value += breaks;
  return value;
}
