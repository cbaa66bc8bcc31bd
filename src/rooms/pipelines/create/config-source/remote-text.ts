import type { FetchAnswer, FetchOptions } from '../../../../ci-lang/index.ts';

/** Fetches a text of the web, or says why there is none. */
export type FetchRemoteText = (url: string, options: FetchOptions) => Promise<FetchAnswer>;

export const fetchRemoteFile = (fetch: FetchRemoteText, url: string, options: FetchOptions): Promise<FetchAnswer> =>
  fetch(url, options);
