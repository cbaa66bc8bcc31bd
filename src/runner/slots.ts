/** Which numbers a job has among the jobs that run at the same time. */
export interface Slot {
  /** CI_CONCURRENT_ID. */
  readonly runner: number;
  /** CI_CONCURRENT_PROJECT_ID: decides the project directory. */
  readonly project: number;
  readonly release: () => void;
}

/** Gives out the smallest free numbers, per runner and per project, so that directories are used again. */
export class Slots {
  readonly #limit: number;
  readonly #runner = new Set<number>();
  readonly #projects = new Map<number, Set<number>>();
  #wake: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFree(): boolean {
    return this.#runner.size < this.#limit;
  }

  get used(): number {
    return this.#runner.size;
  }

  take(projectId: number): Slot {
    const inProject = this.#projects.get(projectId) ?? new Set<number>();
    this.#projects.set(projectId, inProject);
    const runner = smallestFree(this.#runner);
    const project = smallestFree(inProject);
    this.#runner.add(runner);
    inProject.add(project);
    const release = (): void => {
      this.#runner.delete(runner);
      inProject.delete(project);
      if (inProject.size === 0 && this.#projects.get(projectId) === inProject) this.#projects.delete(projectId);
      this.#wake();
    };
    return { runner, project, release };
  }

  /** Settles when a slot is free, or the signal aborts. */
  async untilFree(signal: AbortSignal): Promise<void> {
    while (!this.isFree && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const onAbort = (): void => resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      await promise;
      signal.removeEventListener('abort', onAbort);
    }
  }
}

const smallestFree = (taken: ReadonlySet<number>): number => {
  let number = 0;
  while (taken.has(number)) number += 1;
  return number;
};
