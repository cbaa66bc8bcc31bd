import { ObjectProcess } from './object-process.ts';

export interface ProcessPoolOptions {
  /** Most git processes that are kept open at once. Default 32. */
  readonly maxProcesses?: number;
  /** Milliseconds without a question after which a process is closed. Default 30,000. */
  readonly idleMs?: number;
}

interface Entry {
  readonly process: ObjectProcess;
  timer: NodeJS.Timeout | undefined;
}

/** The `cat-file` processes of all repositories: at most so many, least recently used ones go first, idle ones end. */
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

  /** How many processes are open now. */
  get size(): number {
    return this.#entries.size;
  }

  /** The process that answers for this repository. Waits while every process of the pool is busy with another one. */
  async use(gitDir: string, withContent: boolean): Promise<ObjectProcess> {
    const key = `${withContent ? 'c' : 'i'}${gitDir}`;
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        this.#entries.delete(key);
        this.#entries.set(key, entry);
        clearTimeout(entry.timer);
        this.#closeWhenIdle(key, entry);
        return entry.process;
      }
      if (this.#entries.size < this.#maxProcesses || this.#evict()) return this.#open(key, gitDir, withContent);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the processes of one repository, or of all. */
  close(gitDir?: string): void {
    for (const [key, entry] of this.#entries)
      if (gitDir === undefined || key.slice(1) === gitDir) this.#drop(key, entry);
  }

  #open(key: string, gitDir: string, withContent: boolean): ObjectProcess {
    const process = new ObjectProcess(gitDir, withContent, {
      onIdle: () => this.#waiting.shift()?.(),
      onEnd: () => {
        if (this.#entries.get(key) === entry) this.#drop(key, entry);
      },
    });
    const entry: Entry = { process, timer: undefined };
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
      if (!entry.process.busy) {
        clearTimeout(entry.timer);
        this.#entries.delete(key);
        entry.process.close();
        return true;
      }
    }
    return false;
  }
}
