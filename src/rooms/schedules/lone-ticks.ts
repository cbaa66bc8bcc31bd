import type { ProjectId } from '../../kit/ids.ts';
import { inTime } from '../../platform/in-time.ts';
import { Lanes } from './lanes.ts';
import type { OpenTick } from './ledger-store.ts';

/** What is done with ticks that are run one by one. */
export interface TickWork {
  /** Never rejects. */
  readonly run: (tick: OpenTick) => Promise<void>;
  /** There is no room for them now. */
  readonly giveBack: (ticks: readonly OpenTick[]) => Promise<void>;
}

interface Entry {
  readonly tick: OpenTick;
  readonly work: TickWork;
}

/** Ticks that are begun at once. */
const LANES = 3;
/** Milliseconds after which one that has not ended leaves its lane to the next, and goes on beside it. */
const QUICK = 250;
/** Slow ones that go on at once, and of one project. They wait for others, and hold no connection to the database. */
const MOST_SLOW = 200;
const MOST_SLOW_OF_PROJECT = 4;

/**
 * Ticks that one server runs one by one, over any number of rounds: whatever one of them waits for (an address that does
 * not answer), the others go on. A project with many such has to wait for some of them before more are begun.
 */
export class LoneTicks {
  readonly #later: (work: () => Promise<void>) => void;
  readonly #lanes = new Lanes<Entry>(LANES, (entry) => this.#begin(entry));
  readonly #slow = new Map<ProjectId, number>();
  /** Numbers of the ticks that wait or run. */
  readonly #present = new Set<number>();
  #countOfSlow = 0;

  /** `later`: takes work that nobody waits for but the server's end. */
  constructor(later: (work: () => Promise<void>) => void) {
    this.#later = later;
  }

  /** Those that are here already are left alone. */
  add(ticks: readonly OpenTick[], work: TickWork): void {
    const added = ticks.filter(({ id }) => !this.#present.has(id));
    if (added.length === 0) return;
    for (const { id } of added) this.#present.add(id);
    this.#lanes.add(added.map((tick) => ({ tick, work })));
    this.#later(() => this.#lanes.until(0));
  }

  /** Whether a tick is waiting or running here. */
  has({ id }: OpenTick): boolean {
    return this.#present.has(id);
  }

  /** Projects of which no more should be begun now. */
  crowded(): readonly ProjectId[] {
    return [...this.#slow].filter(([, count]) => count >= MOST_SLOW_OF_PROJECT).map(([id]) => id);
  }

  /** Resolves when no more than so many wait or are in a lane. */
  roomFor(most: number): Promise<void> {
    return this.#lanes.until(most);
  }

  async #begin({ tick, work }: Entry): Promise<void> {
    const { id, projectId } = tick;
    if (this.#slowOf(projectId) >= MOST_SLOW_OF_PROJECT || this.#countOfSlow >= MOST_SLOW) {
      await work.giveBack([tick]);
      this.#present.delete(id);
      return;
    }
    const run = work.run(tick).finally(() => this.#present.delete(id));
    if ((await inTime(QUICK, run)) !== 'late') return;
    this.#count(projectId, 1);
    this.#later(() => run.finally(() => this.#count(projectId, -1)));
  }

  #slowOf(projectId: ProjectId): number {
    return this.#slow.get(projectId) ?? 0;
  }

  #count(projectId: ProjectId, change: 1 | -1): void {
    this.#countOfSlow += change;
    const count = this.#slowOf(projectId) + change;
    if (count === 0) this.#slow.delete(projectId);
    else this.#slow.set(projectId, count);
  }
}
