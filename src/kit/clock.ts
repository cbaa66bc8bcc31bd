/** The one source of time. Code and SQL take `now` from here, so that tests can move it. */
export interface Clock {
  /** The present moment. */
  now(): Date;
}
