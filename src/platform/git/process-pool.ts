import type { KeptProcess, KeptProcessEvents } from './kept-process.ts';
import { ObjectProcess } from './object-process.ts';
import { RefProcess } from './ref-process.ts';

export interface ProcessPoolOptions {
  /** Most git processes that are kept open at once. Default 32. */
  readonly maxProcesses?: number;
  /** Milliseconds without a question after which a process is closed. Default 30,000. */
  readonly idleMs?: number;
}

interface Entry {
  readonly gitDir: string;
  readonly process: KeptProcess;
  timer: NodeJS.Timeout | undefined;
}

/** The open git processes of all repositories: at most so many, least recently used ones go first, idle ones end. */
export class ProcessPool {
  // A Map keeps the order of insertion; a used entry is put back at its end.
  readonly #entries = new Map<string, Entry>();
  readonly #waiting: (() => void)[] = [];
  readonly #maxProcesses: number;
  readonly #idleMs: number;

  constructor(options: ProcessPoolOptions = {}) {
    this.#maxProcesses = options.maxProcesses ?? 32;
    this.#idleMs = options.idleMs ?? 30_000;
  }

  /** The process that reads objects of this repository. Waits while every process of the pool is busy with other work. */
  async objects(gitDir: string, withContent: boolean): Promise<ObjectProcess> {
    const open = (events: KeptProcessEvents): ObjectProcess => new ObjectProcess(gitDir, withContent, events);
    for (;;) {
      const process = await this.#use(`${withContent ? 'content' : 'info'} ${gitDir}`, gitDir, open);
      if (process instanceof ObjectProcess) return process;
    }
  }

  /** The process that moves refs of this repository. Waits like `objects`. */
  async refs(gitDir: string): Promise<RefProcess> {
    for (;;) {
      const process = await this.#use(`refs ${gitDir}`, gitDir, (events) => new RefProcess(gitDir, events));
      if (process instanceof RefProcess) return process;
    }
  }

  /** Ends the processes of one repository, or of all. */
  close(gitDir?: string): void {
    for (const [key, entry] of this.#entries) {
      if (gitDir === undefined || entry.gitDir === gitDir) this.#drop(key, entry);
    }
  }

  async #use(key: string, gitDir: string, open: (events: KeptProcessEvents) => KeptProcess): Promise<KeptProcess> {
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        this.#entries.delete(key);
        this.#entries.set(key, entry);
        clearTimeout(entry.timer);
        this.#closeWhenIdle(key, entry);
        return entry.process;
      }
      if (this.#entries.size < this.#maxProcesses || this.#evict()) return this.#open(key, gitDir, open);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #open(key: string, gitDir: string, open: (events: KeptProcessEvents) => KeptProcess): KeptProcess {
    const process = open({
      onIdle: () => this.#waiting.shift()?.(),
      onEnd: () => {
        if (this.#entries.get(key) === entry) this.#drop(key, entry);
      },
    });
    const entry: Entry = { gitDir, process, timer: undefined };
    this.#entries.set(key, entry);
    this.#closeWhenIdle(key, entry);
    return process;
  }

  #closeWhenIdle(key: string, entry: Entry): void {
    entry.timer = setTimeout(() => {
      if (entry.process.busy) this.#closeWhenIdle(key, entry);
      else this.#drop(key, entry);
    }, this.#idleMs);
    entry.timer.unref();
  }

  #drop(key: string, entry: Entry): void {
    clearTimeout(entry.timer);
    this.#entries.delete(key);
    entry.process.close();
    this.#waiting.shift()?.();
  }

  #evict(): boolean {
    for (const [key, entry] of this.#entries) {
      if (entry.process.busy) continue;
      clearTimeout(entry.timer);
      this.#entries.delete(key);
      entry.process.close();
      return true;
    }
    return false;
  }
}
