import type { Cursor } from './cursor.ts';
import { type Mark, YamlSyntaxError } from './syntax-error.ts';

interface SimpleKey {
  possible: boolean;
  required: boolean;
  /** Number of the token that would become the key. */
  token: number;
  mark: Mark;
}

const NO_KEY: Mark = { index: 0, line: 0, column: 0 };
const LONGEST_KEY = 1024;

function missingColon(key: SimpleKey): YamlSyntaxError {
  const mark = key.mark;
  return new YamlSyntaxError("could not find expected ':'", mark, { text: 'while scanning a simple key', mark });
}

/**
 * Places where a `key:` without `?` may have begun, one per flow level. A key ends on its own line and within
 * 1024 characters; one that *must* be a key (at the indentation of a block mapping) and is none is an error.
 */
export class SimpleKeys {
  readonly #levels: SimpleKey[] = [{ possible: false, required: false, token: 0, mark: NO_KEY }];
  /** Levels below this one hold no possible key, so that deep nesting stays linear. */
  #live = 0;

  get #top(): SimpleKey {
    const top = this.#levels[this.#levels.length - 1];
    if (top === undefined) throw new Error('the simple key stack is never empty');
    return top;
  }

  push(): void {
    this.#levels.push({ possible: false, required: false, token: 0, mark: NO_KEY });
  }

  pop(): void {
    if (this.#levels.length > 1) this.#levels.pop();
    this.#live = Math.min(this.#live, this.#levels.length - 1);
  }

  save(cursor: Cursor, required: boolean, token: number): void {
    this.remove();
    const top = this.#top;
    top.possible = true;
    top.required = required;
    top.token = token;
    top.mark = cursor.mark();
    this.#live = Math.min(this.#live, this.#levels.length - 1);
  }

  /** The key possible at the current level, taken off. */
  take(): { readonly token: number; readonly mark: Mark } | undefined {
    const top = this.#top;
    if (!top.possible) return undefined;
    top.possible = false;
    return { token: top.token, mark: top.mark };
  }

  /** Gives up the key at the current level. Throws when it was required. */
  remove(): void {
    const top = this.#top;
    if (top.possible && top.required) throw missingColon(top);
    top.possible = false;
  }

  /** Gives up keys that the cursor has left behind. */
  dropStale(cursor: Cursor): void {
    for (; this.#live < this.#levels.length; this.#live += 1) {
      const key = this.#levels[this.#live];
      if (key === undefined || !key.possible) continue;
      if (key.mark.line >= cursor.line && key.mark.index + LONGEST_KEY >= cursor.index) return;
      if (key.required) throw missingColon(key);
      key.possible = false;
    }
  }

  /** Number of the earliest token that may still become a key. Call `dropStale` before. */
  get firstToken(): number | undefined {
    const key = this.#levels[this.#live];
    return key?.possible === true ? key.token : undefined;
  }
}
