/** How much structure a JSON body may have. */
export interface JsonLimits {
  readonly depth: number;
  readonly arrayElements: number;
  readonly objectKeys: number;
  /** Array elements and object members together, everywhere in the body. */
  readonly totalElements: number;
}

/** GitLab's numbers. */
export const JSON_LIMITS: JsonLimits = {
  depth: 32,
  arrayElements: 50_000,
  objectKeys: 50_000,
  totalElements: 100_000,
};

export type JsonExcess =
  | 'Parameters nested too deeply'
  | 'Array parameter too large'
  | 'Hash parameter too large'
  | 'Too many total parameters';

/** What a walk over the bytes tells: whether a limit is passed, and whether a number needs its digits kept. */
export type JsonStructure =
  | { readonly kind: 'excess'; readonly excess: JsonExcess }
  | { readonly kind: 'fits'; readonly longNumbers: boolean };

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Numbers up to this many characters without a fraction or an exponent are exact in JavaScript. */
const EXACT_DIGITS = 15;

/** Walks over JSON without building anything. Broken JSON is not its business: that is found by parsing. */
export function surveyJson(bytes: Uint8Array, limits: JsonLimits): JsonStructure {
  const survey = new Survey(limits);
  let at = 0;
  while (at < bytes.length) {
    const excess = survey.visit(bytes[at] ?? 0);
    if (excess !== undefined) return { kind: 'excess', excess };
    at = bytes[at] === QUOTE ? endOfString(bytes, at) : survey.skipNumber(bytes, at);
  }
  return { kind: 'fits', longNumbers: survey.longNumbers };
}

function endOfString(bytes: Uint8Array, quote: number): number {
  let at = quote + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

const isWhite = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

class Survey {
  longNumbers = false;
  private readonly limits: JsonLimits;
  private readonly isArray: boolean[] = [];
  private readonly counts: number[] = [];
  private total = 0;

  constructor(limits: JsonLimits) {
    this.limits = limits;
  }

  visit(byte: number): JsonExcess | undefined {
    switch (byte) {
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        this.isArray.pop();
        this.counts.pop();
        return undefined;
      case COMMA:
        return this.count();
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        return this.firstElement() ?? this.open(byte === OPEN_ARRAY);
      default:
        return byte === COLON || isWhite(byte) ? undefined : this.firstElement();
    }
  }

  /** Steps over the number that begins here, or over one byte. */
  skipNumber(bytes: Uint8Array, start: number): number {
    const first = bytes[start] ?? 0;
    if (!isDigit(first) && first !== MINUS) return start + 1;
    let at = start + 1;
    let whole = first !== MINUS;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (isDigit(byte)) continue;
      const isFraction = byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === MINUS;
      if (!isFraction) break;
      whole = false;
    }
    if (!whole || at - start > EXACT_DIGITS) this.longNumbers = true;
    return at;
  }

  private open(isArray: boolean): JsonExcess | undefined {
    this.isArray.push(isArray);
    this.counts.push(0);
    return this.isArray.length > this.limits.depth ? 'Parameters nested too deeply' : undefined;
  }

  private firstElement(): JsonExcess | undefined {
    return this.counts.at(-1) === 0 ? this.count() : undefined;
  }

  private count(): JsonExcess | undefined {
    const last = this.counts.length - 1;
    if (last < 0) return undefined;
    const count = (this.counts[last] ?? 0) + 1;
    this.counts[last] = count;
    if (this.isArray[last] === true && count > this.limits.arrayElements) return 'Array parameter too large';
    if (this.isArray[last] === false && count > this.limits.objectKeys) return 'Hash parameter too large';
    return ++this.total > this.limits.totalElements ? 'Too many total parameters' : undefined;
  }
}
