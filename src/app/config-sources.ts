import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../kit/clock.ts';
import { type AllowedTarget, CachedText, guardedFetch, type OutboundPolicy } from '../platform/net/index.ts';
import { builtInTemplates } from './template-folder.ts';

/** A configuration is never longer; a server that does not answer must leave time for others. */
const LIMITS = { totalMs: 20_000, connectMs: 5_000, headersMs: 15_000, maxBodyBytes: 4 * 1024 * 1024 };

/** Where configurations come from besides repositories: the web, and the templates that come with the server. */
export const configSources = (clock: Clock, allow: readonly AllowedTarget[]) => {
  const policy: OutboundPolicy = { allow, redirects: 5, verifyTls: true, limits: LIMITS };
  return {
    templates: builtInTemplates(),
    remoteTexts: new CachedText({
      fetch: (request) => guardedFetch(request, policy),
      sleep,
      now: () => clock.now().getTime(),
    }),
  };
};
