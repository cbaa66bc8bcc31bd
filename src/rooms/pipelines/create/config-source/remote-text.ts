import type { FetchAnswer, FetchFailure, FetchOptions } from '../../../../ci-lang/index.ts';
import type { CachedText, FetchedText } from '../../../../platform/net/index.ts';

export type RemoteTexts = Pick<CachedText, 'get'>;

/** A text of the web as the compiler is told of it. */
export const fetchRemoteText = async (
  texts: RemoteTexts,
  url: string,
  { freshFor = 0 }: FetchOptions,
): Promise<FetchAnswer> => {
  const found = await texts.get(url, { freshForMs: freshFor * 1000 });
  if (found.kind === 'text') return found;
  const { fault, attempts, reason } = found;
  // GitLab's two sentences: what may not be asked or does not listen, and what answered badly.
  if (fault === 'refused' || fault === 'connection-refused') return { kind: 'blocked', reason };
  return { kind: 'failed', attempts, reason: failureOf(found), detail: reason };
};

const failureOf = ({ fault, status }: FetchedText & { readonly kind: 'failed' }): FetchFailure => {
  switch (fault) {
    case 'status':
      return { kind: 'status', status: status ?? 0 };
    case 'timeout':
      return { kind: 'timeout' };
    case 'connection':
      return { kind: 'socket' };
    default:
      return { kind: 'http' };
  }
};
