import type { ChildProcess } from 'node:child_process';
import { holdProcess, type KeptProcess, type KeptProcessEvents } from './kept-process.ts';
import { spawnGit } from './run-git.ts';

interface Transaction {
  readonly lines: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * One `git update-ref --stdin`, kept open: a transaction takes about 0.5 ms, with a spawn 4 ms. Git ends at the first transaction that
 * fails, and says no more than that: whoever wants to know why tries again with `updateRefs`.
 */
export class RefProcess implements KeptProcess {
  readonly #child: ChildProcess;
  readonly #waiting: Transaction[] = [];
  readonly #onIdle: () => void;
  #current: Transaction | undefined;
  #said = '';
  #closed = false;

  constructor(gitDir: string, events: KeptProcessEvents) {
    this.#onIdle = events.onIdle;
    this.#child = spawnGit(gitDir, ['update-ref', '--no-deref', '--stdin']);
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk.toString('utf8')));
    this.#child.stderr?.resume();
    this.#child.stdin?.on('error', () => undefined);
    const end = (): void => {
      this.#closed = true;
      const error = new Error('git update-ref has ended');
      this.#current?.reject(error);
      for (const transaction of this.#waiting.splice(0)) transaction.reject(error);
      events.onEnd();
    };
    this.#child.on('error', end);
    this.#child.on('close', end);
    holdProcess(this.#child, false);
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** `lines`: commands of `git update-ref --stdin` without `start` and `commit`, each ended by a line break, all checked. */
  run(lines: string): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('git update-ref has ended'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, resolve, reject });
      if (!this.busy) {
        holdProcess(this.#child, true);
        this.#next();
      }
    });
  }

  close(): void {
    this.#closed = true;
    this.#child.stdin?.end();
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    this.#said = '';
    if (this.#current !== undefined) {
      this.#child.stdin?.write(`start\n${this.#current.lines}commit\n`);
      return;
    }
    holdProcess(this.#child, false);
    this.#onIdle();
  }

  #take(text: string): void {
    this.#said += text;
    if (!this.#said.includes('commit: ok\n')) return;
    this.#current?.resolve();
    this.#next();
  }
}
