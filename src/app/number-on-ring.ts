import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../platform/postgres/index.ts';
import { numberEvents } from '../rooms/hooks/index.ts';
import type { Parts } from './parts.ts';

/** Milliseconds after a ring at which the facts are looked for, one after the other: their transaction is to end
 * first, and with it what the same request does after it. */
const LOOKS = [15, 15, 30, 60];

/**
 * Soon after each ring of the event bell facts become numbered events, and drains start for whoever hears of them. What is
 * missed, the ticks find. Answers what ends it.
 */
export const numberOnRing = (parts: Parts, database: Database): (() => Promise<void>) => {
  let isRung = false;
  let isStopped = false;
  let running: Promise<void> | undefined;
  const lookUntilFound = async (): Promise<void> => {
    for (const wait of LOOKS) {
      await pause(wait);
      if (isStopped) return;
      if ((await numberEvents({ ...parts, pool: database.pool })) === 0) continue;
      await parts.drains.look();
      return;
    }
  };
  const run = async (): Promise<void> => {
    while (isRung && !isStopped) {
      isRung = false;
      await lookUntilFound();
    }
  };
  const unlisten = parts.eventBell.onRing(() => {
    isRung = true;
    running ??= run()
      .catch((error: unknown) => {
        if (!isStopped) parts.log.error({ err: error }, 'events could not be numbered');
      })
      .finally(() => {
        running = undefined;
      });
  });
  return async () => {
    isStopped = true;
    unlisten();
    await running;
  };
};
