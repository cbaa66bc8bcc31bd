/** Steps of regular expressions that one compilation may still compile; those that are known already are free. */
export interface RegexMeter {
  left: number;
}

/** The patterns of a configuration are too many or too long, taken together. Ends the compilation. */
export class TooManyPatterns extends Error {
  constructor() {
    super('The regular expressions of the configuration are too many or too long');
    this.name = 'TooManyPatterns';
  }
}

let current: RegexMeter | undefined;

/** Counts what `work` compiles. It must not wait for anything: until it ends, everything is on this meter. */
export const metered = <Result>(meter: RegexMeter, work: () => Result): Result => {
  const before = current;
  current = meter;
  try {
    return work();
  } finally {
    current = before;
  }
};

/** Throws `TooManyPatterns` when the meter has run out. */
export const spendSteps = (steps: number): void => {
  if (current === undefined) return;
  current.left -= steps;
  if (current.left < 0) throw new TooManyPatterns();
};
