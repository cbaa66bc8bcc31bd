import {
  guardedFetch,
  type OutboundPolicy,
  type OutboundRequest,
  type OutboundResult,
  parseAllowedTargets,
} from '../../src/platform/net/index.ts';

interface PolicyOverrides extends Partial<Omit<OutboundPolicy, 'limits' | 'allow'>> {
  readonly limits?: Partial<OutboundPolicy['limits']>;
}

/** Allows these targets; no redirects, no limit of time that a test could meet, 1000 bytes of body. */
export const allowing = (allow: string, { limits, ...rest }: PolicyOverrides = {}): OutboundPolicy => ({
  allow: parseAllowedTargets(allow),
  redirects: 0,
  verifyTls: true,
  ...rest,
  limits: { totalMs: 20_000, connectMs: 20_000, headersMs: 20_000, maxBodyBytes: 1000, ...limits },
});

export const get = (
  url: string,
  policy: OutboundPolicy,
  headers: Readonly<Record<string, string>> = {},
): Promise<OutboundResult> => guardedFetch({ method: 'GET', url, headers }, policy);

/** The body of the answer, or why there is none. */
export const textOf = async (request: OutboundRequest, policy: OutboundPolicy): Promise<string> => {
  const result = await guardedFetch(request, policy);
  return result.kind === 'response' ? result.body.toString() : result.reason;
};
