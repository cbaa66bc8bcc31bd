import { CODE, isBlank, isBlankOrEnd } from './characters.ts';
import { Cursor } from './cursor.ts';
import { scanBlock } from './scan-block.ts';
import { scanPlain } from './scan-plain.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { scanQuoted } from './scan-quoted.ts';
import { SimpleKeys } from './simple-keys.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';
import type { BareTokenType, Token } from './token.ts';

const FLOW_TOKENS: ReadonlyMap<number, BareTokenType> = new Map([
  [CODE.openBracket, 'flow-sequence-start'],
  [CODE.openBrace, 'flow-mapping-start'],
  [CODE.closeBracket, 'flow-sequence-end'],
  [CODE.closeBrace, 'flow-mapping-end'],
  [CODE.comma, 'flow-entry'],
]);

/** Characters that no plain scalar begins with (`- ? :` are looked at apart). */
const INDICATORS = ',[]{}#&*!|>\'"%@`';

/**
 * Turns a text into YAML tokens in the way of libyaml 0.2.5, which Ruby's Psych uses: what it accepts, what it
 * refuses and in which words. Indentation becomes `block-*-start` and `block-end` tokens; a `key` token is put
 * before its scalar once the `:` is seen, so tokens wait in a queue while one of them may still become a key.
 */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #queue: Token[] = [];
  #head = 0;
  /** The token at the head once nothing can be put before it any more. */
  #next: Token | undefined;
  /** Tokens handed out so far. */
  #taken = 0;
  readonly #keys = new SimpleKeys();
  #keyAllowed = true;
  #flowLevel = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #ended = false;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  /** The next token, which stays. After `stream-end` there is nothing more to ask for. */
  peek(): Token {
    if (this.#next !== undefined) return this.#next;
    while (this.#needsMore()) this.#fetch();
    this.#next = this.#queue[this.#head];
    if (this.#next === undefined) throw new Error('a token was asked for after the end of the stream');
    return this.#next;
  }

  /** Passes the token that `peek` showed. */
  skip(): void {
    this.#next = undefined;
    this.#head += 1;
    this.#taken += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #needsMore(): boolean {
    if (this.#head === this.#queue.length) return !this.#ended;
    this.#keys.dropStale(this.#cursor);
    return !this.#ended && this.#keys.firstToken === this.#taken;
  }

  #push(type: BareTokenType, mark: Mark): void {
    this.#queue.push({ type, mark });
  }

  /** Puts a token in front of the token with this number. */
  #insert(number: number, token: Token): void {
    this.#queue.splice(this.#head + number - this.#taken, 0, token);
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#cursor.column;
    this.#keys.save(this.#cursor, required, this.#taken + this.#queue.length - this.#head);
  }

  #rollIndent(column: number, type: BareTokenType, mark: Mark, before?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (before === undefined) this.#push(type, mark);
    else this.#insert(before, { type, mark });
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.#cursor.mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      if (cursor.column === 0 && cursor.peek() === CODE.byteOrderMark) cursor.skip();
      const tabs = this.#flowLevel > 0 || !this.#keyAllowed;
      for (let code = cursor.peek(); code === CODE.space || (tabs && code === CODE.tab); code = cursor.peek()) {
        cursor.skip();
      }
      if (cursor.peek() === CODE.hash) cursor.takeLine();
      if (cursor.skipBreak() === '') return;
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #fetch(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#keys.dropStale(cursor);
    this.#unrollIndent(cursor.column);
    const code = cursor.peek();
    if (code === 0) return this.#fetchEnd();
    if (cursor.column === 0 && code === CODE.percent) return this.#fetchDirective();
    if (cursor.atDocumentIndicator()) return this.#fetchDocumentIndicator(code);
    const flow = FLOW_TOKENS.get(code);
    if (flow !== undefined) return this.#fetchFlow(code, flow);
    const spaced = isBlankOrEnd(cursor.peek(1));
    if (code === CODE.minus && spaced) return this.#fetchBlockEntry();
    if (code === CODE.question && (this.#flowLevel > 0 || spaced)) return this.#fetchKey();
    if (code === CODE.colon && (this.#flowLevel > 0 || spaced)) return this.#fetchValue();
    return this.#fetchContent(code);
  }

  #fetchContent(code: number): void {
    const cursor = this.#cursor;
    if (code === CODE.star || code === CODE.ampersand) return this.#fetchProperty(() => scanAnchor(cursor));
    if (code === CODE.bang) return this.#fetchProperty(() => scanTag(cursor, this.#flowLevel > 0));
    if ((code === CODE.pipe || code === CODE.greater) && this.#flowLevel === 0) return this.#fetchBlockScalar();
    if (code === CODE.singleQuote || code === CODE.doubleQuote) {
      return this.#fetchProperty((mark) => ({ type: 'scalar', mark, value: scanQuoted(cursor), plain: false }));
    }
    if (this.#startsPlain(code)) return this.#fetchPlain();
    throw this.#problem('found character that cannot start any token', 'while scanning for the next token');
  }

  #startsPlain(code: number): boolean {
    if (code === CODE.minus) return !isBlank(this.#cursor.peek(1));
    if (code === CODE.question || code === CODE.colon) {
      return this.#flowLevel === 0 && !isBlankOrEnd(this.#cursor.peek(1));
    }
    return !isBlankOrEnd(code) && !INDICATORS.includes(String.fromCharCode(code));
  }

  #problem(text: string, context?: string): YamlSyntaxError {
    const mark = this.#cursor.mark();
    return new YamlSyntaxError(text, mark, context === undefined ? undefined : { text: context, mark });
  }

  #fetchEnd(): void {
    const cursor = this.#cursor;
    if (cursor.column !== 0) {
      cursor.column = 0;
      cursor.line += 1;
    }
    this.#unrollIndent(-1);
    this.#keys.remove();
    this.#keyAllowed = false;
    this.#push('stream-end', cursor.mark());
    this.#ended = true;
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#keys.remove();
    this.#keyAllowed = false;
    this.#queue.push(scanDirective(this.#cursor));
  }

  #fetchDocumentIndicator(code: number): void {
    this.#unrollIndent(-1);
    this.#keys.remove();
    this.#keyAllowed = false;
    this.#push(code === CODE.minus ? 'document-start' : 'document-end', this.#cursor.mark());
    for (let unit = 0; unit < 3; unit += 1) this.#cursor.skip();
  }

  #fetchFlow(code: number, type: BareTokenType): void {
    if (code === CODE.openBracket || code === CODE.openBrace) {
      this.#saveKey();
      this.#keys.push();
      this.#flowLevel += 1;
      this.#keyAllowed = true;
    } else {
      this.#keys.remove();
      this.#keyAllowed = code === CODE.comma;
      if (code !== CODE.comma && this.#flowLevel > 0) {
        this.#flowLevel -= 1;
        this.#keys.pop();
      }
    }
    this.#push(type, this.#cursor.mark());
    this.#cursor.skip();
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.#problem('block sequence entries are not allowed in this context');
      this.#rollIndent(this.#cursor.column, 'block-sequence-start', this.#cursor.mark());
    }
    this.#keys.remove();
    this.#keyAllowed = true;
    this.#push('block-entry', this.#cursor.mark());
    this.#cursor.skip();
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.#problem('mapping keys are not allowed in this context');
      this.#rollIndent(this.#cursor.column, 'block-mapping-start', this.#cursor.mark());
    }
    this.#keys.remove();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#push('key', this.#cursor.mark());
    this.#cursor.skip();
  }

  #fetchValue(): void {
    const key = this.#keys.take();
    if (key !== undefined) {
      this.#insert(key.token, { type: 'key', mark: key.mark });
      this.#rollIndent(key.mark.column, 'block-mapping-start', key.mark, key.token);
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) throw this.#problem('mapping values are not allowed in this context');
        this.#rollIndent(this.#cursor.column, 'block-mapping-start', this.#cursor.mark());
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#push('value', this.#cursor.mark());
    this.#cursor.skip();
  }

  /** Anchors, aliases, tags and quoted scalars: each may be a key, and none may follow it on its line. */
  #fetchProperty(scan: (mark: Mark) => Token): void {
    this.#saveKey();
    this.#keyAllowed = false;
    this.#queue.push(scan(this.#cursor.mark()));
  }

  #fetchBlockScalar(): void {
    this.#keys.remove();
    this.#keyAllowed = true;
    const mark = this.#cursor.mark();
    this.#queue.push({ type: 'scalar', mark, value: scanBlock(this.#cursor, this.#indent), plain: false });
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const mark = this.#cursor.mark();
    const { value, endedByBreak } = scanPlain(this.#cursor, this.#flowLevel > 0, this.#indent + 1);
    this.#queue.push({ type: 'scalar', mark, value, plain: true });
    if (endedByBreak) this.#keyAllowed = true;
  }
}
