import type { LogFilters } from './log-filters.ts';
import type { TraceBuffer } from './trace-buffer.ts';

const RESET = '\u001b[0;m';
const CLEAR_LINE = '\u001b[0K';

/** Writes one job's log as gitlab-runner lays it out: runner's lines in colour, sections, the scripts' output. */
export class JobLog {
  readonly #trace: TraceBuffer;
  readonly #filters: LogFilters;
  readonly #hasSections: boolean;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch, for section markers. */
  constructor(trace: TraceBuffer, filters: LogFilters, hasSections: boolean, now: () => number = Date.now) {
    this.#trace = trace;
    this.#filters = filters;
    this.#hasSections = hasSections;
    this.#now = now;
  }

  /** Output of a script or of git, as it comes. */
  output(bytes: Buffer): void {
    if (!this.#trace.isFull) this.#trace.append(this.#filters.write(bytes));
  }

  /** These texts never show from here on. */
  mask(phrases: readonly string[]): void {
    this.flush();
    this.#filters.mask(phrases);
  }

  plain(text: string): void {
    this.#line('', text);
  }

  info(text: string): void {
    this.#line('\u001b[32;1m', text);
  }

  warning(text: string): void {
    this.#line('\u001b[0;33m', `WARNING: ${text}`);
  }

  error(text: string): void {
    this.#line('\u001b[31;1m', `ERROR: ${text}`);
  }

  /** Nothing more comes that belongs to what was written: held-back pieces go out. */
  flush(): void {
    this.#trace.append(this.#filters.flush());
  }

  /** Runs `work` inside a foldable section with its heading. */
  async section<T>(name: string, heading: string, work: () => Promise<T>): Promise<T> {
    this.#marker('section_start', name);
    this.#line('\u001b[36;1m', `${heading}${RESET}`);
    try {
      return await work();
    } finally {
      this.flush();
      this.#marker('section_end', name);
    }
  }

  #marker(kind: 'section_start' | 'section_end', name: string): void {
    if (!this.#hasSections) return;
    this.output(Buffer.from(`${kind}:${Math.floor(this.#now() / 1000)}:${name}\r${CLEAR_LINE}`));
  }

  #line(colour: string, text: string): void {
    this.output(Buffer.from(`${CLEAR_LINE}${colour}${text}${RESET}\n`));
  }
}
