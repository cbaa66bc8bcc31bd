/** The last of each key's work, while there is some. */
const tails = new Map<string, Promise<unknown>>();

/** Begins the work when all that was given before it under the same key, in this process, has ended. */
export const oneAtATime = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
  const mine = (tails.get(key) ?? Promise.resolve()).then(work);
  const tail = mine.catch(() => undefined);
  tails.set(key, tail);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === tail) tails.delete(key);
  }
};
