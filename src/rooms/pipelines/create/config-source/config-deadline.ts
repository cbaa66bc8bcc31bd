import { DeadlinePassed } from '../../../../ci-lang/index.ts';
import type { Clock } from '../../../../kit/clock.ts';

/** GitLab's: how long the gathering of one configuration may take. */
const SECONDS = 30;

/**
 * The time that all questions of one compilation have together, from now on. A question that comes later, or is not
 * answered by then, is rejected with `DeadlinePassed`.
 */
export const configDeadline = (clock: Clock) => {
  const end = clock.now().getTime() + SECONDS * 1000;
  return <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      const left = end - clock.now().getTime();
      if (left <= 0) throw new DeadlinePassed();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new DeadlinePassed()), left);
      });
      try {
        return await Promise.race([ask(...asked), late]);
      } finally {
        clearTimeout(timer);
      }
    };
};
