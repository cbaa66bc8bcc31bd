/** What git's counters hold; beyond it they begin anew. */
const MAX_SKIP = 2 ** 31 - 1;

/** `rev-list`'s option for a page: no history is as long as what is left away. */
export const skipOption = (skip: number): string => `--skip=${Math.min(Math.trunc(skip), MAX_SKIP)}`;
