const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The file lists of commits (a commit never changes), least recently used ones dropped; at most 16 million characters of paths. */
export class PathCache {
  readonly #lists = new Map<string, { readonly paths: readonly string[]; readonly size: number }>();
  #size = 0;

  find(key: string): readonly string[] | undefined {
    const entry = this.#lists.get(key);
    if (entry === undefined) return undefined;
    this.#lists.delete(key);
    this.#lists.set(key, entry);
    return entry.paths;
  }

  keep(key: string, paths: readonly string[]): void {
    const size = paths.reduce((sum, path) => sum + path.length + 16, 0);
    if (size > MAX_CHARACTERS / 4 || this.#lists.has(key)) return;
    this.#lists.set(key, { paths, size });
    this.#size += size;
    for (const [oldest, entry] of this.#lists) {
      if (this.#size <= MAX_CHARACTERS) break;
      this.#lists.delete(oldest);
      this.#size -= entry.size;
    }
  }
}
