import { describe, expect, it } from 'vitest';
import { Halt } from './errors.ts';
import { rateLimited } from './rate-limited.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { ApiRequest } from './request.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 4, 5, 6, 0) + seconds * 1000);

describe('a rate limiter', () => {
  it('is over after the limit and starts anew with the next window of the clock', () => {
    const limiter = new RateLimiter();
    const hits = [10, 20, 59, 60].map((second) => limiter.hit('ada', 2, 60, at(second)));
    expect(hits).toEqual([
      { observed: 1, limit: 2, resetIn: 50, isOver: false },
      { observed: 2, limit: 2, resetIn: 40, isOver: false },
      { observed: 3, limit: 2, resetIn: 1, isOver: true },
      { observed: 1, limit: 2, resetIn: 60, isOver: false },
    ]);
  });

  it('counts each caller alone, and has no limit with 0', () => {
    const limiter = new RateLimiter();
    limiter.hit('ada', 1, 60, at(0));
    expect(limiter.hit('bob', 1, 60, at(0)).isOver).toBe(false);
    expect(limiter.hit('ada', 0, 60, at(0)).isOver).toBe(false);
    expect(limiter.hit('ada', 1, 60, at(0)).isOver).toBe(true);
  });

  it('keeps its memory bounded', () => {
    const limiter = new RateLimiter();
    limiter.hit('first', 1, 60, at(0));
    for (let index = 0; index < 50_000; index += 1) limiter.hit(String(index), 1, 60, at(0));
    expect(limiter.hit('first', 1, 60, at(0)).observed).toBe(1);
    expect(limiter.hit('49999', 1, 60, at(0)).observed).toBe(2);
  });
});

describe('a guard with a limit', () => {
  const limiter = new RateLimiter();
  const guard = { label: 'signed in', check: async (): Promise<string> => 'ada' };
  const limited = rateLimited(guard, '1', async (subject) => limiter.hit(subject, 1, 60, at(15)));

  it("refuses with GitLab's body and Retry-After", async () => {
    const request = {} as ApiRequest;
    expect(await limited.check(request)).toBe('ada');
    const refusal = await limited.check(request).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(Halt);
    expect(refusal).toHaveProperty('reply', {
      status: 429,
      headers: { 'Content-Type': 'application/json', 'Retry-After': 45 },
      body: {
        kind: 'json',
        value: { message: { error: 'This endpoint has been requested too many times. Try again later.' } },
      },
    });
  });
});
