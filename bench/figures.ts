/** Milliseconds, sorted. */
export type Times = readonly number[];

export const percentile = (times: Times, share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;

/** Runs `work` `count` times, `parallel` at once, and answers how long each took (sorted) and all together. */
export async function measure(
  count: number,
  parallel: number,
  work: (index: number) => Promise<void>,
): Promise<{ readonly times: Times; readonly perSecond: number }> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const start = performance.now();
      await work(index);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  const total = performance.now() - began;
  return { times: times.toSorted((a, b) => a - b), perSecond: (count / total) * 1000 };
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

export const line = (name: string, text: string): void => console.log(`  ${name.padEnd(44)}${text}`);

/** p50 and p99 beside those of the bare cost, with the ratio. */
export function compare(name: string, own: Times, bare: Times): void {
  const part = (share: number): string =>
    `${ms(percentile(own, share))} (bare ${ms(percentile(bare, share))}, ×${(percentile(own, share) / percentile(bare, share)).toFixed(1)})`;
  line(name, `p50 ${part(0.5)}   p99 ${part(0.99)}`);
}

export const heading = (text: string): void => console.log(`\n${text}`);
export { ms };
