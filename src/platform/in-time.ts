import { setTimeout as pause } from 'node:timers/promises';

/** The answer of the work, or `late` when it takes longer than so many milliseconds; it goes on then, unwatched. */
export const inTime = async <Answer>(milliseconds: number, work: Promise<Answer>): Promise<Answer | 'late'> => {
  const done = new AbortController();
  const late = pause(milliseconds, 'late' as const, { signal: done.signal, ref: false });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
};
