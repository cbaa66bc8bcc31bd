import { Halt, messageReply } from './errors.ts';
import type { RateState } from './rate-limiter.ts';
import type { ApiRequest } from './request.ts';
import type { Guard } from './route.ts';

/** Counts a request that the guard has let through; undefined: this one is not counted. */
export type CountRequest<S> = (subject: S, request: ApiRequest) => Promise<RateState | undefined>;

/** 429 of one endpoint: `{"message":{"error":…}}` with `Retry-After` in seconds. */
export const tooManyRequests = ({ resetIn }: Pick<RateState, 'resetIn'>): Halt =>
  new Halt(
    messageReply(
      429,
      { error: 'This endpoint has been requested too many times. Try again later.' },
      { 'Retry-After': resetIn },
    ),
  );

/** A guard whose caller may not come too often: past the limit 429. */
export const rateLimited = <S>(guard: Guard<S>, name: string, count: CountRequest<S>): Guard<S> => ({
  label: `${guard.label}, at most ${name} a minute`,
  check: async (request) => {
    const subject = await guard.check(request);
    const state = await count(subject, request);
    if (state?.isOver === true) throw tooManyRequests(state);
    return subject;
  },
});
