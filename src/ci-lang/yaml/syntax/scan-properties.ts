import { CODE, hexValue, isBlankOrEnd, isBreak, isDigit, isWord } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';
import type { Token } from './token.ts';

function problem(text: string, cursor: Cursor, context: string, start: Mark): YamlSyntaxError {
  return new YamlSyntaxError(text, cursor.mark(), { text: context, mark: start });
}

function takeWord(cursor: Cursor): string {
  const from = cursor.index;
  while (isWord(cursor.peek())) cursor.skip();
  return cursor.text.slice(from, cursor.index);
}

const AFTER_ANCHOR = '?:,]}%@`';

/** Reads `&name` or `*name`. */
export function scanAnchor(cursor: Cursor): Token {
  const mark = cursor.mark();
  const type = cursor.peek() === CODE.ampersand ? 'anchor' : 'alias';
  cursor.skip();
  const name = takeWord(cursor);
  const after = cursor.peek();
  if (name === '' || !(isBlankOrEnd(after) || AFTER_ANCHOR.includes(String.fromCharCode(after)))) {
    const context = type === 'anchor' ? 'while scanning an anchor' : 'while scanning an alias';
    throw problem('did not find expected alphabetic or numeric character', cursor, context, mark);
  }
  return { type, mark, name };
}

const URI_CHARACTERS = ";/?:@&=+$.%!~*'()";
const FLOW_URI_CHARACTERS = ',[]';

/** Passes the `%xx` octets of one UTF-8 character. */
function takeUriEscape(cursor: Cursor, context: string, start: Mark): string {
  let octets = '';
  let width = 0;
  do {
    const high = hexValue(cursor.peek(1));
    const low = hexValue(cursor.peek(2));
    if (cursor.peek() !== CODE.percent || high < 0 || low < 0) {
      throw problem('did not find URI escaped octet', cursor, context, start);
    }
    const octet = high * 16 + low;
    if (width === 0) {
      width = octet < 0x80 ? 1 : octet >> 5 === 6 ? 2 : octet >> 4 === 14 ? 3 : octet >> 3 === 30 ? 4 : 0;
      if (width === 0) throw problem('found an incorrect leading UTF-8 octet', cursor, context, start);
    } else if (octet >> 6 !== 2) throw problem('found an incorrect trailing UTF-8 octet', cursor, context, start);
    octets += cursor.text.slice(cursor.index, cursor.index + 3);
    for (let unit = 0; unit < 3; unit += 1) cursor.skip();
    width -= 1;
  } while (width > 0);
  try {
    return decodeURIComponent(octets);
  } catch {
    return '\ufffd';
  }
}

function takeTagUri(cursor: Cursor, verbatim: boolean, directive: boolean, head: string, start: Mark): string {
  const context = directive ? 'while parsing a %TAG directive' : 'while parsing a tag';
  let uri = head.slice(1);
  let length = head.length;
  for (let code = cursor.peek(); code !== 0; code = cursor.peek()) {
    const character = String.fromCharCode(code);
    const allowed =
      isWord(code) || URI_CHARACTERS.includes(character) || (verbatim && FLOW_URI_CHARACTERS.includes(character));
    if (!allowed) break;
    if (code === CODE.percent) uri += takeUriEscape(cursor, context, start);
    else {
      uri += character;
      cursor.skip();
    }
    length += 1;
  }
  if (length === 0) throw problem('did not find expected tag URI', cursor, context, start);
  return uri;
}

function takeTagHandle(cursor: Cursor, directive: boolean, start: Mark): string {
  const context = directive ? 'while scanning a tag directive' : 'while scanning a tag';
  if (cursor.peek() !== CODE.bang) throw problem("did not find expected '!'", cursor, context, start);
  cursor.skip();
  const handle = `!${takeWord(cursor)}`;
  if (cursor.peek() === CODE.bang) {
    cursor.skip();
    return `${handle}!`;
  }
  if (directive && handle !== '!') {
    throw problem("did not find expected '!'", cursor, 'while parsing a tag directive', start);
  }
  return handle;
}

function takeTag(cursor: Cursor, start: Mark): { readonly handle: string; readonly suffix: string } {
  if (cursor.peek(1) === CODE.less) {
    cursor.skip();
    cursor.skip();
    const suffix = takeTagUri(cursor, true, false, '', start);
    if (cursor.peek() !== CODE.greater) {
      throw problem("did not find the expected '>'", cursor, 'while scanning a tag', start);
    }
    cursor.skip();
    return { handle: '', suffix };
  }
  const handle = takeTagHandle(cursor, false, start);
  if (handle.length > 1 && handle.endsWith('!')) {
    return { handle, suffix: takeTagUri(cursor, false, false, '', start) };
  }
  const suffix = takeTagUri(cursor, false, false, handle, start);
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

/** Reads `!suffix`, `!handle!suffix`, `!<uri>` or the lone `!`. */
export function scanTag(cursor: Cursor, inFlow: boolean): Token {
  const mark = cursor.mark();
  const { handle, suffix } = takeTag(cursor, mark);
  const after = cursor.peek();
  if (!isBlankOrEnd(after) && !(inFlow && after === CODE.comma)) {
    throw problem('did not find expected whitespace or line break', cursor, 'while scanning a tag', mark);
  }
  return { type: 'tag', mark, handle, suffix };
}

const VERSION = 'while scanning a %YAML directive';

function takeVersionNumber(cursor: Cursor, start: Mark): number {
  const from = cursor.index;
  while (isDigit(cursor.peek())) {
    if (cursor.index - from === 9) throw problem('found extremely long version number', cursor, VERSION, start);
    cursor.skip();
  }
  if (cursor.index === from) throw problem('did not find expected version number', cursor, VERSION, start);
  return Number(cursor.text.slice(from, cursor.index));
}

function takeVersion(cursor: Cursor, mark: Mark): Token {
  cursor.skipSpacesAndTabs();
  const major = takeVersionNumber(cursor, mark);
  if (cursor.peek() !== CODE.dot) {
    throw problem("did not find expected digit or '.' character", cursor, VERSION, mark);
  }
  cursor.skip();
  return { type: 'version-directive', mark, major, minor: takeVersionNumber(cursor, mark) };
}

function takeTagDirective(cursor: Cursor, mark: Mark): Token {
  const context = 'while scanning a %TAG directive';
  cursor.skipSpacesAndTabs();
  const handle = takeTagHandle(cursor, true, mark);
  const after = cursor.peek();
  if (after !== CODE.space && after !== CODE.tab)
    throw problem('did not find expected whitespace', cursor, context, mark);
  cursor.skipSpacesAndTabs();
  const prefix = takeTagUri(cursor, true, true, '', mark);
  if (!isBlankOrEnd(cursor.peek())) {
    throw problem('did not find expected whitespace or line break', cursor, context, mark);
  }
  return { type: 'tag-directive', mark, handle, prefix };
}

/** Reads a `%YAML` or `%TAG` line with its line break. */
export function scanDirective(cursor: Cursor): Token {
  const mark = cursor.mark();
  const context = 'while scanning a directive';
  cursor.skip();
  const name = takeWord(cursor);
  if (name === '') throw problem('could not find expected directive name', cursor, context, mark);
  if (!isBlankOrEnd(cursor.peek())) throw problem('found unexpected non-alphabetical character', cursor, context, mark);
  if (name !== 'YAML' && name !== 'TAG') throw problem('found unknown directive name', cursor, context, mark);
  const token = name === 'YAML' ? takeVersion(cursor, mark) : takeTagDirective(cursor, mark);
  cursor.skipComment();
  const after = cursor.peek();
  if (after !== 0 && !isBreak(after)) {
    throw problem('did not find expected comment or line break', cursor, context, mark);
  }
  cursor.skipBreak();
  return token;
}
