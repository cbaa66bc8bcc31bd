/** The server's patience, in milliseconds. */
export interface ServerTimings {
  /** An idle connection is kept this long. The runner keeps its own 90 s and may lose a POST on one that we close first. */
  readonly keepAliveMs: number;
  /** All headers must have come by then: what ends a slow-header attack. Above `keepAliveMs`, as old proxies expect. */
  readonly headersMs: number;
  /** How often slow connections are looked for. */
  readonly checkMs: number;
  /** A body that is read into memory may pause this long between two pieces. Streamed ones may pause as they like. */
  readonly bodyIdleMs: number;
  /** An answered request whose body still flows in is cut off after this time. */
  readonly lingerMs: number;
}

export const TIMINGS: ServerTimings = {
  keepAliveMs: 100_000,
  headersMs: 105_000,
  checkMs: 15_000,
  bodyIdleMs: 60_000,
  lingerMs: 30_000,
};
