/** One request as a receiver saw it. */
interface Heard {
  readonly sequence: number;
  readonly id: string;
  /** The receiver kept it and said so with a 2xx. */
  readonly isTaken: boolean;
}

/** An event that must have arrived. */
export interface ExpectedEvent {
  readonly sequence: number;
  readonly subject: string;
}

export interface LedgerFindings {
  readonly events: number;
  readonly requests: number;
  /** Taken more than once. */
  readonly duplicates: number;
  /** Never taken. */
  readonly lost: readonly number[];
  /** Heard of, though nobody expected it. */
  readonly strangers: readonly number[];
  /** One event under two ids, or two under one. */
  readonly mixedIds: readonly number[];
  /** Heard of before an earlier one of its subject was taken. */
  readonly outOfOrder: readonly number[];
  /** Taken for the first time after a later one of whatever subject: allowed where the receiver refuses. */
  readonly overtaken: number;
}

/** A receiver's own record of what it was told, against which the server's promise is checked. */
export class DeliveryLedger {
  readonly #heard: Heard[] = [];

  hear(headers: Readonly<Record<string, string | string[] | undefined>>, isTaken: boolean): void {
    const sequence = Number(headers['x-penstock-event-sequence']);
    this.#heard.push({ sequence, id: String(headers['webhook-id']), isTaken });
  }

  get requests(): number {
    return this.#heard.length;
  }

  /** Events that were taken, each counted once. */
  get taken(): number {
    return new Set(this.#heard.filter(({ isTaken }) => isTaken).map(({ sequence }) => sequence)).size;
  }

  check(expected: readonly ExpectedEvent[]): LedgerFindings {
    const subjects = new Map(expected.map(({ sequence, subject }) => [sequence, subject]));
    const untaken = Map.groupBy(
      expected.toSorted((one, other) => one.sequence - other.sequence),
      ({ subject }) => subject,
    );
    const taken = new Set<number>();
    const outOfOrder: number[] = [];
    let last = 0;
    let overtaken = 0;
    let duplicates = 0;
    for (const { sequence, isTaken } of this.#heard) {
      const subject = subjects.get(sequence);
      if (subject === undefined) continue;
      const waiting = untaken.get(subject) ?? [];
      if (!taken.has(sequence) && waiting[0]?.sequence !== sequence) outOfOrder.push(sequence);
      if (!isTaken) continue;
      if (taken.has(sequence)) {
        duplicates += 1;
        continue;
      }
      taken.add(sequence);
      untaken.set(
        subject,
        waiting.filter((event) => event.sequence !== sequence),
      );
      if (sequence < last) overtaken += 1;
      last = Math.max(last, sequence);
    }
    return {
      events: expected.length,
      requests: this.#heard.length,
      duplicates,
      lost: expected.map(({ sequence }) => sequence).filter((sequence) => !taken.has(sequence)),
      strangers: this.#heard.map(({ sequence }) => sequence).filter((sequence) => !subjects.has(sequence)),
      mixedIds: this.#mixedIds(),
      outOfOrder,
      overtaken,
    };
  }

  #mixedIds(): readonly number[] {
    const ids = new Map<number, string>();
    const sequences = new Map<string, number>();
    return this.#heard
      .filter(({ sequence, id }) => {
        const isMixed = (ids.get(sequence) ?? id) !== id || (sequences.get(id) ?? sequence) !== sequence;
        ids.set(sequence, id);
        sequences.set(id, sequence);
        return isMixed;
      })
      .map(({ sequence }) => sequence);
  }
}

/** What no receiver may ever find. */
export const NOTHING_WRONG = { lost: [], strangers: [], mixedIds: [], outOfOrder: [] } as const;

/** One line for people. */
export const describeFindings = (name: string, found: LedgerFindings): string =>
  `${name.padEnd(22)} events ${found.events}, requests ${found.requests}, duplicates ${found.duplicates}, ` +
  `lost ${found.lost.length}, ids mixed ${found.mixedIds.length}, out of order in their subject ${found.outOfOrder.length}, ` +
  `overtaken by other subjects ${found.overtaken}`;
