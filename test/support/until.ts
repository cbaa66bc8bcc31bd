import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `condition` holds, looking every 20 ms: tests wait on state, never on time.
 * Throws after `patience` milliseconds with what was waited for.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  patience = 30_000,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patience} ms in vain: ${what}`);
    await pause(20);
  }
}
