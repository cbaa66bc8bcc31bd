const MASK = Buffer.from('[MASKED]', 'latin1');

/** What one filter looks for, and what becomes of it. */
export interface MaskRule {
  /** Byte strings to find, in latin1. Longer ones win over shorter ones that begin at the same place. */
  readonly literals: readonly string[];
  readonly ignoreCase?: boolean;
  /**
   * Undefined: the literal itself is replaced by `[MASKED]`.
   * Else the literal stays and the run of bytes after it for which this holds is replaced.
   */
  readonly secretAfter?: (byte: number) => boolean;
}

const escapeRegExp = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/**
 * Masks in a stream of bytes. What could be the beginning of a literal at the end of a chunk is held back until the
 * next one, so a secret that is written in two halves is found; `flush` releases it.
 */
export class MaskFilter {
  readonly #rule: MaskRule;
  readonly #literals: readonly string[];
  readonly #pattern: RegExp | undefined;
  readonly #longest: number;
  #held = '';
  /** In the middle of a run of secret bytes; `#masked` tells whether its replacement has been written. */
  #inSecret = false;
  #masked = false;

  constructor(rule: MaskRule) {
    this.#rule = rule;
    const fold = (literal: string): string => (rule.ignoreCase === true ? literal.toLowerCase() : literal);
    this.#literals = [...new Set(rule.literals.filter((literal) => literal !== '').map(fold))].sort(
      (a, b) => b.length - a.length,
    );
    this.#longest = this.#literals[0]?.length ?? 0;
    if (this.#longest > 0) {
      const flags = rule.ignoreCase === true ? 'gi' : 'g';
      this.#pattern = new RegExp(this.#literals.map(escapeRegExp).join('|'), flags);
    }
  }

  write(chunk: Buffer): Buffer {
    return this.#pattern === undefined ? chunk : this.#process(chunk.toString('latin1'), false);
  }

  /** The end of a stage: nothing more comes that could complete a literal. */
  flush(): Buffer {
    if (this.#pattern === undefined) return Buffer.alloc(0);
    const rest = this.#process('', true);
    this.#inSecret = false;
    return rest;
  }

  #process(chunk: string, isEnd: boolean): Buffer {
    const text = this.#held + chunk;
    this.#held = '';
    const out: Buffer[] = [];
    let from = this.#skipSecret(text, 0, out);
    let held = isEnd ? text.length : this.#heldFrom(text, from);
    while (from < text.length) {
      const match = this.#find(text, from);
      if (held < from) held = this.#heldFrom(text, from);
      const start = match?.index ?? text.length;
      if (held <= start && held < text.length) {
        out.push(Buffer.from(text.slice(from, held), 'latin1'));
        this.#held = text.slice(held);
        return Buffer.concat(out);
      }
      if (match === undefined) {
        out.push(Buffer.from(text.slice(from), 'latin1'));
        break;
      }
      from = this.#replace(text, from, match, out);
    }
    return Buffer.concat(out);
  }

  #find(text: string, from: number): { readonly index: number; readonly literal: string } | undefined {
    if (this.#pattern === undefined) return undefined;
    this.#pattern.lastIndex = from;
    const match = this.#pattern.exec(text);
    return match === null ? undefined : { index: match.index, literal: match[0] };
  }

  #replace(
    text: string,
    from: number,
    match: { readonly index: number; readonly literal: string },
    out: Buffer[],
  ): number {
    const end = match.index + match.literal.length;
    if (this.#rule.secretAfter === undefined) {
      out.push(Buffer.from(text.slice(from, match.index), 'latin1'), MASK);
      return end;
    }
    out.push(Buffer.from(text.slice(from, end), 'latin1'));
    this.#inSecret = true;
    this.#masked = false;
    return this.#skipSecret(text, end, out);
  }

  /** Drops secret bytes from `from` on; returns where ordinary text begins again. */
  #skipSecret(text: string, from: number, out: Buffer[]): number {
    const isSecret = this.#rule.secretAfter;
    if (!this.#inSecret || isSecret === undefined) return from;
    let index = from;
    while (index < text.length && isSecret(text.charCodeAt(index))) index += 1;
    if (index > from && !this.#masked) {
      out.push(MASK);
      this.#masked = true;
    }
    if (index < text.length) this.#inSecret = false;
    return index;
  }

  /** The first place from which the rest of the text is the beginning of a longer literal; the length if there is none. */
  #heldFrom(text: string, from: number): number {
    const first = Math.max(from, text.length - this.#longest + 1);
    for (let index = first; index < text.length; index += 1) {
      const rest = this.#rule.ignoreCase === true ? text.slice(index).toLowerCase() : text.slice(index);
      if (this.#literals.some((literal) => literal.length > rest.length && literal.startsWith(rest))) return index;
    }
    return text.length;
  }
}
