import { AsyncLocalStorage } from 'node:async_hooks';

/** What a request was made because of, as it says itself: a hook was told of an event under this UUID. */
export interface RequestCause {
  readonly uuid: string;
  /** The last event that anybody can have been told of when the request's first fact was published; it is written down then. */
  after: number | undefined;
}

const causes = new AsyncLocalStorage<RequestCause | undefined>();
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Runs a request, and all that it starts, as caused under this UUID. What is no UUID causes nothing. */
export const causedBy = <Result>(uuid: string | undefined, run: () => Result): Result => {
  const cause = uuid !== undefined && UUID.test(uuid) ? { uuid: uuid.toLowerCase(), after: undefined } : undefined;
  return causes.run(cause, run);
};

/** Runs what serves many requests and was only begun by this one. */
export const withoutCause = <Result>(run: () => Result): Result => causes.run(undefined, run);

/** Of the request that this is done for; undefined: none, or it names nothing. */
export const currentCause = (): RequestCause | undefined => causes.getStore();
