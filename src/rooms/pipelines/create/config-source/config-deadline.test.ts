import { describe, expect, it } from 'vitest';
import { MovableClock } from '../../../../../test/support/movable-clock.ts';
import { DeadlinePassed } from '../../../../ci-lang/index.ts';
import { configDeadline } from './config-deadline.ts';

describe('the time for gathering a configuration', () => {
  it('is 30 seconds for all questions together', async () => {
    const clock = new MovableClock();
    const ask = configDeadline(clock)((text: string) => Promise.resolve(text));
    clock.advance(29.9);
    expect(await ask('in time')).toBe('in time');
    clock.advance(0.1);
    await expect(ask('late')).rejects.toBeInstanceOf(DeadlinePassed);
  });

  it('ends while a question waits for its answer', async () => {
    const clock = new MovableClock();
    const ask = configDeadline(clock)(() => new Promise<never>(() => undefined));
    clock.advance(29.999);
    await expect(ask()).rejects.toBeInstanceOf(DeadlinePassed);
  });

  it('leaves other errors as they are', async () => {
    const ask = configDeadline(new MovableClock())(() => Promise.reject(new Error('git is gone')));
    await expect(ask()).rejects.toThrow('git is gone');
  });
});
