/** One variable of a list. Lists are ordered, weakest first; several definitions of one key may stand in a list. */
export interface Variable {
  readonly key: string;
  readonly value: string;
  /** Not expanded itself. */
  readonly raw?: boolean;
  /** `value` is the content of a file that the runner writes. */
  readonly file?: boolean;
  readonly masked?: boolean;
  readonly public?: boolean;
}

/** What becomes of a reference to a variable that is not set: removed, or left as written. */
export type UnknownMode = 'blank' | 'existing';
// expandOnce(text: string, lookup: (name: string) => string | undefined, mode: UnknownMode): string
// sortAndExpandAll(list: readonly Variable[], options: { mode: 'server' | 'runner' }): { ok: true; variables: readonly Variable[] } | { ok: false; error: string }
