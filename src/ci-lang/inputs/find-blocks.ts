/** One `$[[ … ]]` of a text. */
export interface Block {
  /** With its brackets. */
  readonly text: string;
  /** What stands between them, without the space around it. */
  readonly data: string;
  readonly start: number;
  readonly end: number;
}

const SPACES = ' \t\r\n\f';
const isSpace = (character: string | undefined): boolean => character !== undefined && SPACES.includes(character);

/**
 * The blocks of a text from left to right, as GitLab's pattern `\$\[\[\s*(\S.*?\S)\s*\]\]` finds them: at least two
 * characters of data on one line, and the first `]]` after them ends the block. One pass: no character is searched
 * again for another block.
 */
export const findBlocks = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  const closings = new Closings(text);
  for (let start = text.indexOf('$[['); start >= 0; ) {
    let first = start + 3;
    while (isSpace(text[first])) first += 1;
    const closing = closings.after(first);
    if (closing === undefined) return blocks;
    const oneLine = closings.newlineAfter(first) > closing.last;
    if (oneLine) {
      const end = closing.at + 2;
      blocks.push({ text: text.slice(start, end), data: text.slice(first, closing.last + 1), start, end });
    }
    start = text.indexOf('$[[', oneLine ? closing.at + 2 : start + 3);
  }
  return blocks;
};

interface Closing {
  /** Of its `]]`. */
  readonly at: number;
  /** Of the last character before it that is no space. */
  readonly last: number;
}

/** Finds what ends a block. Asked for places from left to right, so that what was found before is found again at once. */
class Closings {
  readonly #text: string;
  #closing: Closing | undefined;
  #newline = -1;

  constructor(text: string) {
    this.#text = text;
    this.#closing = this.#find(0);
  }

  /** The first one whose data begins at `first` and has two characters at least. */
  after(first: number): Closing | undefined {
    while (this.#closing !== undefined && this.#closing.last <= first) {
      this.#closing = this.#find(Math.max(this.#closing.at + 1, first + 2));
    }
    return this.#closing;
  }

  newlineAfter(first: number): number {
    if (this.#newline <= first) {
      const found = this.#text.indexOf('\n', first + 1);
      this.#newline = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.#newline;
  }

  #find(from: number): Closing | undefined {
    const at = this.#text.indexOf(']]', from);
    if (at < 0) return undefined;
    let last = at - 1;
    while (isSpace(this.#text[last])) last -= 1;
    return { at, last };
  }
}
