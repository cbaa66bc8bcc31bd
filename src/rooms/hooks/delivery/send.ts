import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../kit/clock.ts';
import { guardedFetch, type OutboundPolicy, type OutboundResult } from '../../../platform/net/index.ts';
import type { ServerFacts } from '../../variables/index.ts';
import type { Hook } from '../hook.ts';
import type { OutboundPolicyFor } from '../outbound-policy.ts';
import { buildRequest, type Message } from './build-request.ts';
import { maskAnswer, masker, type ShownAnswer } from './mask-answer.ts';

export interface SendDeps {
  readonly clock: Clock;
  readonly server: ServerFacts;
  /** Of one attempt with its redirects; 10 000 unless told. */
  readonly sendTimeoutMs?: number;
  /** Which targets hooks of a kind may reach, at this moment. */
  readonly outboundPolicyFor: OutboundPolicyFor;
}

/** What came of an attempt. */
export type SendOutcome =
  /** There is a status; the body may have been cut off. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  /** Nothing arrived there: refused, not allowed, no such name, not trusted. */
  | { readonly kind: 'unreachable' }
  /** It may have arrived, and there was no answer. */
  | { readonly kind: 'silent' }
  /** There was nothing to send: the template, the size. */
  | { readonly kind: 'unsendable'; readonly isFinal: boolean }
  /** The server stops. */
  | { readonly kind: 'aborted' };

/** One attempt, without secrets. */
export interface Attempt {
  readonly outcome: SendOutcome;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly answer: ShownAnswer;
  /** Why there was no answer, or not all of it. */
  readonly error: string | null;
  /** Seconds. */
  readonly duration: number;
}

/** GitLab's. */
const TIMEOUT = 10_000;
/** What is read of an answer: far more than what is kept. */
const READ_BYTES = 1024 * 1024;
const REDIRECTS = 3;
const NOTHING = new Uint8Array();

/** Tells a hook of an event, once. Never throws for what the receiver or the hook's owner does. */
export const send = async (deps: SendDeps, hook: Hook, message: Message, signal?: AbortSignal): Promise<Attempt> => {
  const started = deps.clock.now();
  const built = buildRequest(hook, message, {
    externalUrl: deps.server.externalUrl,
    now: started,
    attemptId: randomUUID(),
  });
  const mask = masker(hook);
  const requestHeaders = built.shownHeaders;
  if (built.kind === 'unsendable') {
    const { error, isFinal } = built;
    const answer = maskAnswer(mask, {}, NOTHING);
    return { outcome: { kind: 'unsendable', isFinal }, requestHeaders, answer, error: mask(error), duration: 0 };
  }
  const targets = await deps.outboundPolicyFor(hook.place.kind);
  const result = await guardedFetch(
    {
      method: 'POST',
      url: built.url,
      headers: built.headers,
      body: built.body,
      ...(signal === undefined ? {} : { signal }),
    },
    {
      ...targets,
      redirects: REDIRECTS,
      keepMethod: true,
      elsewhere: built.openHeaders,
      limits: limitsOf(deps),
      verifyTls: hook.enableSslVerification,
    },
  );
  const duration = (deps.clock.now().getTime() - started.getTime()) / 1000;
  const isAnswer = result.kind === 'response';
  const answer = maskAnswer(mask, isAnswer ? result.headers : {}, isAnswer ? result.body : NOTHING);
  const error = isAnswer ? null : mask(result.reason);
  return { outcome: outcomeOf(result), requestHeaders, answer, error, duration };
};

const limitsOf = ({ sendTimeoutMs = TIMEOUT }: SendDeps): OutboundPolicy['limits'] => ({
  totalMs: sendTimeoutMs,
  connectMs: sendTimeoutMs,
  headersMs: sendTimeoutMs,
  maxBodyBytes: READ_BYTES,
});

const outcomeOf = (result: OutboundResult): SendOutcome => {
  if (result.kind === 'response') {
    return { kind: 'answered', status: result.status, retryAfter: result.headers['retry-after'] };
  }
  if (result.kind === 'refused') return { kind: 'unreachable' };
  if (result.failure === 'aborted') return { kind: 'aborted' };
  // The receiver has taken it or not: what follows the status is for people.
  if (result.status !== undefined) return { kind: 'answered', status: result.status, retryAfter: undefined };
  return { kind: result.failure === 'connection-refused' || result.failure === 'tls' ? 'unreachable' : 'silent' };
};
