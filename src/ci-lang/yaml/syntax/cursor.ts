import { CODE, isBreak } from './characters.ts';
import type { Mark } from './syntax-error.ts';

/** A reading position in a text that counts lines and columns. */
export class Cursor {
  readonly text: string;
  index = 0;
  line = 0;
  column = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character code `offset` units ahead, 0 at the end. */
  peek(offset = 0): number {
    const at = this.index + offset;
    return at < this.text.length ? this.text.charCodeAt(at) : 0;
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column };
  }

  /** Passes one character (a surrogate pair is one). */
  skip(): void {
    const code = this.text.charCodeAt(this.index);
    this.index += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
    this.column += 1;
  }

  /** Passes a line break and returns what it means inside a scalar: `\n`, or the separator itself. Empty when there is none. */
  skipBreak(): string {
    const code = this.peek();
    if (!isBreak(code)) return '';
    this.index += code === 0x0d && this.peek(1) === 0x0a ? 2 : 1;
    this.line += 1;
    this.column = 0;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
  }

  skipSpacesAndTabs(): void {
    for (let code = this.peek(); code === CODE.space || code === CODE.tab; code = this.peek()) this.skip();
  }

  /** Passes everything up to the next line break or the end, and returns it. */
  takeLine(): string {
    const from = this.index;
    for (let code = this.peek(); code !== 0 && !isBreak(code); code = this.peek()) this.skip();
    return this.text.slice(from, this.index);
  }

  /** Passes blanks and a comment, as they may stand after an indicator. */
  skipComment(): void {
    this.skipSpacesAndTabs();
    if (this.peek() === CODE.hash) this.takeLine();
  }

  /** Whether `---` or `...` followed by a blank stands here at the beginning of a line. */
  atDocumentIndicator(): boolean {
    if (this.column !== 0) return false;
    const code = this.peek();
    if (code !== CODE.minus && code !== CODE.dot) return false;
    if (this.peek(1) !== code || this.peek(2) !== code) return false;
    const after = this.peek(3);
    return after === 0 || after === CODE.space || after === CODE.tab || isBreak(after);
  }
}
