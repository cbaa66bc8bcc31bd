/** What becomes of wall-clock times that a zone's change takes away or repeats. */
export interface DstPolicy {
  /**
   * A time that the clock jumps over in spring. `skip`: it has no run that day. `after_gap`: one run at the first moment
   * after the jump makes up for all that were jumped over; crons that run every hour have lost nothing and need none.
   */
  readonly gap: 'skip' | 'after_gap';
  /**
   * A time that comes twice in autumn. `first`, `second`, `both`: on these occasions. `fixed_once`: crons that run every
   * hour, or more than once in the repeated stretch, run on both; a lone fixed time only on the first.
   */
  readonly overlap: 'fixed_once' | 'first' | 'second' | 'both';
}

/** As fugit keeps it from one run to the next, except that hourly crons have no hour without a run in autumn. */
export const FUGIT_DST: DstPolicy = { gap: 'skip', overlap: 'fixed_once' };
