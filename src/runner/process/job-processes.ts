import { type ProcessMark, processStartTime } from './process-tree.ts';

/** Keeps what is needed to find all processes of one job, and tells when it changes (so that it can be put on disk). */
export class JobProcesses {
  readonly #environment: readonly string[];
  readonly #folder: string;
  readonly #onChange: (mark: ProcessMark) => void;
  readonly #groups = new Set<number>();
  #since: number | undefined;

  /** @param environment `KEY=value` entries that mark this job. @param folder the project directory, a real path. */
  constructor(environment: readonly string[], folder: string, onChange: (mark: ProcessMark) => void = () => {}) {
    this.#environment = environment;
    this.#folder = folder;
    this.#onChange = onChange;
  }

  get mark(): ProcessMark {
    return {
      groups: [...this.#groups],
      environment: this.#environment,
      ...(this.#since === undefined ? {} : { folder: { path: this.#folder, since: this.#since } }),
    };
  }

  add(group: number): void {
    this.#groups.add(group);
    this.#since ??= processStartTime(group);
    this.#onChange(this.mark);
  }

  /** The leader is gone, so its number may come back as a stranger's; what it left is found by the other marks. */
  remove(group: number): void {
    this.#groups.delete(group);
    this.#onChange(this.mark);
  }
}
