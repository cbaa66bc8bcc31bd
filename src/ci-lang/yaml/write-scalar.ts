import type { YamlScalar } from './node.ts';
import { resolveScalar, ScalarRefusal } from './resolve-scalar.ts';
import { analyzeText, isPrintable } from './text-analysis.ts';

/** Where a scalar is written. */
export interface ScalarPlace {
  /** Column of its first character, from 0. */
  readonly column: number;
  /** Of further lines. */
  readonly indent: number;
  /** A key before `:`, which stays on its line. */
  readonly isSimpleKey: boolean;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

/** Lines are broken at the first blank behind this column. */
const WIDTH = 80;

/** A scalar as Ruby's `to_yaml` writes it; empty for null. The first line stands at the place's column already. */
export const writeScalar = (node: YamlScalar, place: ScalarPlace): string => {
  switch (node.type) {
    case 'null':
      return '';
    case 'text':
      return writeText(node.text, place);
    case 'symbol':
      return isSymbolText(node.text) ? `:${node.text}` : writeText(node.text, place);
    case 'float':
      return FLOAT_WORDS.get(node.text) ?? node.text;
    case 'integer':
    case 'boolean':
      return node.text;
  }
};

const FLOAT_WORDS: ReadonlyMap<string, string> = new Map([
  ['NaN', '.nan'],
  ['Infinity', '.inf'],
  ['-Infinity', '-.inf'],
]);

/** Others could not be read back without quotes, and in quotes they are text. */
const isSymbolText = (text: string): boolean => /^[A-Za-z_][\w.-]*$/.test(text);

const MOST_KEY_BYTES = 128;

/** Whether the text may be a key on one line: nothing broken, and at most 128 bytes. */
export const isSimpleKey = (text: string): boolean =>
  text.length <= MOST_KEY_BYTES && countBytes(text) <= MOST_KEY_BYTES && !analyzeText(text).hasBreaks;

const countBytes = (text: string): number => {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
};

/** Quoted or not, it would be read as a merge key. */
const MERGE_KEY = '<<';

const writeText = (text: string, place: ScalarPlace): string => {
  if (text === MERGE_KEY) return `!!str '${MERGE_KEY}'`;
  const style = styleOf(text, place);
  switch (style) {
    case 'plain':
      return fold(text, place, 0);
    case 'single':
      return `'${fold(text.replaceAll("'", "''"), place, 1)}'`;
    case 'double':
      return writeDoubleQuoted(text, place);
    case 'literal':
      return writeLiteral(text, place.indent);
  }
};

const styleOf = (text: string, place: ScalarPlace): Style => {
  const analysis = analyzeText(text);
  const wish = wishOf(text);
  if (analysis.hasBreaks && place.isSimpleKey) return 'double';
  if (wish === 'literal') return analysis.allowsBlock ? 'literal' : 'double';
  if (wish === 'double') return 'double';
  if (wish === 'plain' && analysis.allowsPlain) return 'plain';
  return analysis.allowsSingleQuotes ? 'single' : 'double';
};

/** What Psych would like, before the emitter looks at what the text allows. */
const wishOf = (text: string): Style => {
  if (/\n(?!\n?$)/.test(text)) return 'literal';
  if (/^[yYnN]$/.test(text)) return 'double';
  if (/^[^\p{L}\p{M}\p{Nd}\p{Pc}][^"]*$/mu.test(text)) return 'double';
  return isReadAsText(text) ? 'plain' : 'single';
};

/** Not a number, a word such as `yes`, a date or a symbol. */
const isReadAsText = (text: string): boolean => {
  if (/^0[0-7]*[89]/.test(text)) return false;
  try {
    return resolveScalar(text).type === 'text';
  } catch (error) {
    if (error instanceof ScalarRefusal) return false;
    throw error;
  }
};

/** A newline between two texts on one level: alone it would be read as a blank. */
const NEWLINE = '\n\n';

/** Breaks long lines at blanks. The only newline in such a text is its last character. */
const fold = (text: string, place: ScalarPlace, quote: number): string => {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const folded = foldAtBlanks(body, place, quote);
  return body === text ? folded : `${folded}${NEWLINE}${' '.repeat(place.indent)}`;
};

const foldAtBlanks = (text: string, { column, indent, isSimpleKey: whole }: ScalarPlace, quote: number): string => {
  if (whole || column + text.length <= WIDTH) return text;
  let written = '';
  let at = column + quote;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const isLone = character === ' ' && text.charAt(index - 1) !== ' ' && text.charAt(index + 1) !== ' ';
    if (isLone && at > WIDTH && index > 0 && index < text.length - 1) {
      written += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      written += character;
      at += 1;
    }
  }
  return written;
};

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

const writeDoubleQuoted = (text: string, { column, indent, isSimpleKey: whole }: ScalarPlace): string => {
  let written = '"';
  let at = column + 1;
  let blankBefore = false;
  let offset = 0;
  for (const character of text) {
    const isFirst = offset === 0;
    offset += character.length;
    const breaks = character === ' ' && !whole && !blankBefore && at > WIDTH && !isFirst && offset < text.length;
    blankBefore = character === ' ';
    const piece = breaks
      ? `\n${' '.repeat(indent)}${text.charAt(offset) === ' ' ? '\\' : ''}`
      : escapeCharacter(character);
    at = breaks ? piece.length - 1 : at + piece.length;
    written += piece;
  }
  return `${written}"`;
};

const escapeCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (isPrintable(code) && code !== 0x22 && code !== 0x5c) return character;
  const known = ESCAPES.get(code);
  if (known !== undefined) return `\\${known}`;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
};

/** A `|` block. It ends with a newline only when the text does. */
const writeLiteral = (text: string, indent: number): string => {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const margin = ' '.repeat(indent);
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${margin}${line}`));
  return `|${hint}${chompOf(text)}\n${lines.join('\n')}`;
};

const chompOf = (text: string): '' | '-' | '+' => {
  if (!text.endsWith('\n')) return '-';
  return keepsBreaks(text) ? '+' : '';
};

/** Whether the text ends with more than one newline; YAML wants a `...` behind such a block at the end of a file. */
export const keepsBreaks = (text: string): boolean => text.endsWith('\n\n');
