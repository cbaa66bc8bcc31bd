import type { HookId } from '../../../kit/ids.ts';
import { admitHooks, type DueHook, LANES } from './admit-hooks.ts';
import { type DrainDeps, drainHook } from './drain-hook.ts';
import { listDueHooks } from './drain-store.ts';
import { Gate } from './gate.ts';

/**
 * Of the lanes, drains that have begun a moment ago. Fifty fast endpoints at once would take the whole process from requests for
 * as long as it takes to tell them; a few at a time tell them as soon.
 */
const YOUNG = 4;
/** Milliseconds after which a drain waits for its receiver, and the next one may begin. */
const MOMENT = 100;
/** Statements of all drains at once, of the ten connections of a server. */
const STATEMENTS = 3;
/** Milliseconds after which a drain leaves its lane to others that wait. */
const TURN = 5_000;
/** Milliseconds that a hook is left alone after an error that is not its receiver's. */
const REST = 5_000;

/**
 * The drains of this process: at most one for each hook (and by its lease one among all servers), in a bounded number of
 * lanes, of which no project has all. Those that have waited longest go first, and a drain leaves its lane after its turn, so
 * that neither a slow endpoint, nor many of them, nor one with much to hear delays the others.
 */
export class Drains {
  readonly #deps: DrainDeps;
  readonly #running = new Map<
    HookId,
    { readonly hook: DueHook; readonly run: Promise<void>; readonly began: number }
  >();
  /** When each hook had its last turn, or was first found, in counted turns. */
  readonly #turns = new Map<HookId, number>();
  readonly #resting = new Map<HookId, number>();
  readonly #giveUp = new AbortController();
  #turn = 0;
  #waitsAMoment: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #mustLookAgain = false;
  #isStopping = false;

  constructor(deps: Omit<DrainDeps, 'gate'>) {
    this.#deps = { ...deps, gate: new Gate(STATEMENTS) };
  }

  /** Starts a drain for each hook that something can be sent to. Resolves when they have begun. */
  look(): Promise<void> {
    if (this.#isStopping) return this.#looking ?? Promise.resolve();
    this.#mustLookAgain = this.#looking !== undefined;
    this.#looking ??= this.#lookUntilDone().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Resolves when nothing can be sent any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0 || this.#looking !== undefined) {
      await Promise.allSettled([...this.#running.values()].map(({ run }) => run).concat(this.#looking ?? []));
    }
  }

  /** Begins no more attempts; those under way have `grace` milliseconds to end. */
  async stop(grace: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#waitsAMoment);
    const timer = setTimeout(() => this.#giveUp.abort(), grace);
    await this.idle();
    clearTimeout(timer);
  }

  async #lookUntilDone(): Promise<void> {
    do {
      this.#mustLookAgain = false;
      await this.#lookOnce();
    } while (this.#mustLookAgain && !this.#isStopping);
  }

  async #lookOnce(): Promise<void> {
    const free = this.#freeLanes();
    if (free === 0) {
      if (this.#running.size < LANES) this.#lookInAMoment();
      return;
    }
    const now = this.#deps.clock.now();
    for (const [id, until] of this.#resting) if (until <= now.getTime()) this.#resting.delete(id);
    const due = await listDueHooks(this.#deps.db, now, [...this.#running.keys(), ...this.#resting.keys()]);
    // Of hooks with nothing to hear no turn need be kept.
    if (due.length === 0 && this.#running.size === 0) this.#turns.clear();
    for (const { id } of due) if (!this.#turns.has(id)) this.#turns.set(id, this.#turn);
    const turnOf = ({ id }: DueHook): number => this.#turns.get(id) ?? this.#turn;
    const longest = due.toSorted((one, other) => turnOf(one) - turnOf(other));
    const admitted = admitHooks(
      longest,
      [...this.#running.values()].map(({ hook }) => hook),
    );
    for (const hook of admitted.slice(0, free)) this.#start(hook);
    // These wait for a moment only; those that were not admitted are found again when a drain ends.
    if (admitted.length > free) this.#lookInAMoment();
  }

  #freeLanes(): number {
    const since = performance.now() - MOMENT;
    const young = [...this.#running.values()].filter(({ began }) => began > since).length;
    return Math.max(Math.min(LANES - this.#running.size, YOUNG - young), 0);
  }

  /** For those that wait until the ones that have just begun are no longer young. */
  #lookInAMoment(): void {
    this.#waitsAMoment ??= setTimeout(() => {
      this.#waitsAMoment = undefined;
      if (this.#running.size > 0) this.#lookAside();
    }, MOMENT);
  }

  #start(hook: DueHook): void {
    if (this.#isStopping) return;
    const { id } = hook;
    this.#turn += 1;
    this.#turns.set(id, this.#turn);
    const end = performance.now() + TURN;
    const isOver = (): boolean => this.#isStopping || performance.now() > end;
    const run = drainHook(this.#deps, id, { isOver, signal: this.#giveUp.signal })
      .catch((error: unknown) => {
        this.#resting.set(id, this.#deps.clock.now().getTime() + REST);
        if (!this.#isStopping) this.#deps.log.error({ err: error, hookId: id }, 'sending to a hook failed');
      })
      .finally(() => {
        this.#running.delete(id);
        // Something may have come for it meanwhile, or waits for its lane.
        this.#lookAside();
      });
    this.#running.set(id, { hook, run, began: performance.now() });
  }

  #lookAside(): void {
    if (this.#isStopping) return;
    this.look().catch((error: unknown) => {
      if (!this.#isStopping) this.#deps.log.error({ err: error }, 'the hooks that are due could not be found');
    });
  }
}
