const REPETITION = /\{(\d+)(,(\d*))?\}/y;
const SKIPPED: readonly RegExp[] = [
  // Quoted text counts as one: it is no longer than what was written
  /\\Q[^]*?(?:\\E|$)/y,
  /\\[pPx]\{[^}]*\}/y,
  /\\[^]/y,
  /\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]?/y,
];

/** Classes of Unicode are tables of hundreds of ranges, read for each one anew; their repetitions share one. */
const STEPS_OF_TABLE = 20;

/**
 * About how many steps the program of a regular expression has once its repetitions are written out: `(a{1,100}){1,100}`
 * has ten thousand. Each class of Unicode (`\\pL`) counts 20 more, once. Known from the text alone, so that a pattern that would take long is never compiled.
 */
export const estimateRegexSteps = (body: string): number => {
  /** Steps of what stands in each open group, the whole outermost. */
  const open = [0];
  let last = 0;
  const add = (steps: number): void => {
    open.push((open.pop() ?? 0) + steps);
  };
  const put = (steps: number): void => {
    last = steps;
    add(steps);
  };
  for (let at = 0; at < body.length; ) {
    const skipped = SKIPPED.map((pattern) => lengthAt(pattern, body, at)).find((length) => length > 0);
    if (skipped !== undefined) {
      put(1);
      at += skipped;
      continue;
    }
    const repeated = lengthAt(REPETITION, body, at);
    if (repeated > 0) {
      const [least = '0', most] = body.slice(at + 1, at + repeated - 1).split(',');
      // `{2,}` ends in a loop
      const times = Math.max(Number(least) + (most === '' ? 1 : 0), Number(most ?? 0), 1);
      add(last * (times - 1) + times);
      last = (last + 1) * times;
      at += repeated;
      continue;
    }
    if (body[at] === '(') open.push(0);
    else if (body[at] === ')' && open.length > 1) put((open.pop() ?? 0) + 2);
    else if ('*+?|^$'.includes(body[at] ?? '')) add(1);
    else put(1);
    at += 1;
  }
  const tables = body.match(/\\[pP]/g)?.length ?? 0;
  return open.reduce((sum, steps) => sum + steps, 0) + tables * STEPS_OF_TABLE;
};

const lengthAt = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
};
