import { createHash } from 'node:crypto';
import type { OutboundRequest } from './guarded-fetch.ts';
import type { FailureKind, OutboundResult } from './outcome.ts';

/** Why a text could not be had. */
export type TextFault =
  /** The policy forbids it. */
  | 'refused'
  /** An answer of 400 and above (`status`). */
  | 'status'
  | FailureKind;

export type FetchedText =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Of the bytes, in base64: what `integrity: sha256-…` is compared with. */
      readonly sha256: string;
    }
  | {
      readonly kind: 'failed';
      readonly url: string;
      /** Requests that were made. */
      readonly attempts: number;
      readonly fault: TextFault;
      /** Of the last answer, if there was one. */
      readonly status: number | undefined;
      /** Of the last attempt; holds no path, query or user. No full stop. */
      readonly reason: string;
    };

export interface CachedTextDeps {
  /** `guardedFetch` with its policy. */
  readonly fetch: (request: OutboundRequest) => Promise<OutboundResult>;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Default 500. */
  readonly maxEntries?: number;
  /** Of all texts together. Default 32 MiB. */
  readonly maxBytes?: number;
}

interface Entry {
  readonly bytes: number;
  readonly found: FetchedText & { readonly kind: 'text' };
  readonly validators: Readonly<Record<string, string>>;
  /** When the server last said that this is its text. */
  readonly confirmedAt: number;
}

interface Flight {
  readonly outcome: Promise<FetchedText>;
}

const WAITS_MS = [1000, 2000];
/** What another attempt may mend. Nobody listening is told at once, as GitLab does. */
const PASSING: ReadonlySet<TextFault> = new Set<TextFault>(['connection', 'timeout', 'protocol']);

/**
 * Texts of the web without credentials, kept in memory as long as there is room (the least recently used go first). Each
 * question asks the server whether its text has changed, unless the caller takes one that is up to `freshForMs` old.
 * Questions for one URL at the same time are one request. Three attempts, with waits of 1 and 2 s, for 5xx, connections
 * that break, bad answers and timeouts; anything else is told at once. What fails is not kept, and no old text is given
 * in its place.
 */
export class CachedText {
  // A Map keeps the order of insertion; a used entry is put back at its end.
  readonly #entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();
  readonly #deps: CachedTextDeps;
  #bytes = 0;

  constructor(deps: CachedTextDeps) {
    this.#deps = deps;
  }

  async get(url: string, options: { readonly freshForMs?: number } = {}): Promise<FetchedText> {
    const entry = this.#entries.get(url);
    if (entry !== undefined && this.#deps.now() - entry.confirmedAt < (options.freshForMs ?? 0)) {
      this.#keep(url, entry);
      return entry.found;
    }
    const running = this.#flights.get(url);
    if (running !== undefined) return running.outcome;
    const flight = { outcome: this.#ask(url, entry).finally(() => this.#flights.delete(url)) };
    this.#flights.set(url, flight);
    return flight.outcome;
  }

  async #ask(url: string, known: Entry | undefined): Promise<FetchedText> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#deps.fetch({ method: 'GET', url, headers: known?.validators ?? {} });
      const text = this.#textOf(url, result, known);
      if (text !== undefined) return text;
      const { fault, status, reason } = faultOf(result, url);
      const wait = WAITS_MS[attempt - 1];
      const isPassing = fault === 'status' ? (status ?? 0) >= 500 : PASSING.has(fault);
      if (!isPassing || wait === undefined) return { kind: 'failed', url, attempts: attempt, fault, status, reason };
      await this.#deps.sleep(wait);
    }
  }

  #textOf(url: string, result: OutboundResult, known: Entry | undefined): FetchedText | undefined {
    if (result.kind !== 'response' || result.status >= 400) return undefined;
    const confirmedAt = this.#deps.now();
    if (result.status === 304) {
      if (known === undefined) return undefined;
      this.#keep(url, { ...known, confirmedAt });
      return known.found;
    }
    const { body } = result;
    const sha256 = createHash('sha256').update(body).digest('base64');
    const found = { kind: 'text' as const, text: body.toString('utf8'), sha256 };
    // Two bytes a character, at most, is what the text takes.
    this.#keep(url, {
      found,
      bytes: 2 * (body.length + url.length),
      validators: validatorsOf(url, result),
      confirmedAt,
    });
    return found;
  }

  #keep(url: string, entry: Entry): void {
    const { maxEntries = 500, maxBytes = 32 * 1024 * 1024 } = this.#deps;
    this.#drop(url);
    if (entry.bytes > maxBytes) return;
    this.#entries.set(url, entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(url: string): void {
    this.#bytes -= this.#entries.get(url)?.bytes ?? 0;
    this.#entries.delete(url);
  }
}

const faultOf = (
  result: OutboundResult,
  url: string,
): { readonly fault: TextFault; readonly status: number | undefined; readonly reason: string } => {
  switch (result.kind) {
    case 'refused':
      return { fault: 'refused', status: undefined, reason: result.reason };
    case 'failed':
      return { fault: result.failure, status: result.status, reason: result.reason };
    case 'response': {
      const { status } = result;
      const reason = `${URL.parse(result.url)?.host ?? url} answered with HTTP code ${status}`;
      // "Not modified" without a question for it is no answer.
      return { fault: status >= 400 ? 'status' : 'protocol', status, reason };
    }
  }
};

/**
 * The headers of the next question. None after a redirect: the tag belongs to where it led, and may mean another text at
 * the address that is asked. None with characters that a request could not hold.
 */
const validatorsOf = (url: string, { url: last, headers }: OutboundResult & { readonly kind: 'response' }) => {
  if (URL.parse(url)?.href !== last) return {};
  const validators: Record<string, string> = {};
  const keep = (name: string, value: string | undefined): void => {
    if (value !== undefined && /^[ -~]{1,1024}$/.test(value)) validators[name] = value;
  };
  keep('if-none-match', headers['etag']);
  keep('if-modified-since', headers['last-modified']);
  return validators;
};
