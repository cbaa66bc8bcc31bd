import { GITLAB_VERSION } from '../../../kit/version.ts';
import { CONNECTION_HEADERS } from '../../../platform/net/index.ts';
import type { JsonObject } from '../events/event-definition.ts';
import type { Hook, HookSwitch } from '../hook.ts';
import { bodyFor } from '../integrations/body-for.ts';
import { eventHeader } from './event-header.ts';
import { fillUrl } from './fill-url.ts';
import { renderTemplate } from './render-template.ts';
import { sign } from './sign.ts';

/** One event for one hook. */
export interface Message {
  readonly trigger: HookSwitch | null;
  readonly payload: JsonObject;
  /** Also `webhook-id`; the same for every attempt. */
  readonly idempotencyKey: string;
  /** Its number in the feed; null: a test. */
  readonly eventSequence: number | null;
  /** `X-Gitlab-Event-UUID`: of the delivery, or of the one that caused its event. */
  readonly eventUuid: string;
}

export interface MessageContext {
  /** `https://host/root`, no trailing slash. */
  readonly externalUrl: string;
  readonly now: Date;
  /** `X-Gitlab-Webhook-UUID`: new for each attempt. */
  readonly attemptId: string;
}

export type BuiltRequest =
  | {
      readonly kind: 'request';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** In lower case, those of `headers` without a secret: where a receiver redirects to may hear them. */
      readonly openHeaders: ReadonlySet<string>;
      /** The headers without secrets. */
      readonly shownHeaders: Readonly<Record<string, string>>;
    }
  | {
      /** Nothing can be sent. */
      readonly kind: 'unsendable';
      readonly error: string;
      /** Another attempt could not change that. */
      readonly isFinal: boolean;
      readonly shownHeaders: Readonly<Record<string, string>>;
    };

/** Bytes of a body: GitLab's. */
const MOST_BYTES = 25 * 1024 * 1024;
const HIDDEN = '[REDACTED]';
/** Nobody else's where we send none: a receiver trusts what they say. */
const ALWAYS_OURS = ['X-Penstock-Event-Sequence', 'X-Gitlab-Token'] as const;
/** The request that tells a hook of an event, as GitLab writes it; Standard Webhooks' headers besides. Pure. */
export const buildRequest = (hook: Hook, message: Message, context: MessageContext): BuiltRequest => {
  const { url, authorization } = fillUrl(hook.url, hook.urlVariables);
  const own = {
    'Content-Type': 'application/json',
    'User-Agent': `GitLab/${GITLAB_VERSION}`,
    'Idempotency-Key': message.idempotencyKey,
    'X-Gitlab-Event': eventHeader(hook.place.kind, message.trigger),
    'X-Gitlab-Webhook-UUID': context.attemptId,
    'X-Gitlab-Instance': context.externalUrl,
    'X-Gitlab-Event-UUID': message.eventUuid,
    ...(message.eventSequence === null ? {} : { 'X-Penstock-Event-Sequence': String(message.eventSequence) }),
  };
  const secret = {
    ...(hook.token === null || hook.token === '' ? {} : { 'X-Gitlab-Token': hook.token.replace(/[\r\n]/g, '') }),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
  const custom = customHeaders(hook, [...Object.keys(own), ...Object.keys(secret), ...ALWAYS_OURS]);
  const hidden = Object.fromEntries(Object.keys({ ...custom, ...secret }).map((name) => [name, HIDDEN]));
  const body = bodyOf(hook, message);
  if (body.kind === 'failed') {
    return { kind: 'unsendable', error: body.error, isFinal: false, shownHeaders: { ...hidden, ...own } };
  }
  if (Buffer.byteLength(body.body) > MOST_BYTES) {
    const error = `the body is larger than ${MOST_BYTES / 1024 / 1024} MB`;
    return { kind: 'unsendable', error, isFinal: true, shownHeaders: { ...hidden, ...own } };
  }
  const signed = signatureHeaders(hook, message.idempotencyKey, body.body, context.now);
  return {
    kind: 'request',
    url,
    headers: { ...custom, ...own, ...secret, ...signed },
    body: body.body,
    openHeaders: new Set(Object.keys({ ...own, ...signed }).map((name) => name.toLowerCase())),
    shownHeaders: { ...hidden, ...own, ...signed },
  };
};

/** Those that neither name nor shadow a header of ours, whatever their letters. */
const customHeaders = (hook: Hook, taken: readonly string[]): Readonly<Record<string, string>> => {
  const seen = new Set(
    [...taken, 'webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => name.toLowerCase()),
  );
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(hook.customHeaders)) {
    const key = name.toLowerCase();
    if (seen.has(key) || CONNECTION_HEADERS.has(key)) continue;
    seen.add(key);
    kept.push([name, value]);
  }
  return Object.fromEntries(kept);
};

const bodyOf = (hook: Hook, { payload, trigger }: Message): ReturnType<typeof renderTemplate> => {
  if (hook.integration !== null) {
    return { kind: 'rendered', body: JSON.stringify(bodyFor(hook.integration, trigger, payload)) };
  }
  return hook.customWebhookTemplate === null || hook.customWebhookTemplate === ''
    ? { kind: 'rendered', body: JSON.stringify(payload) }
    : renderTemplate(hook.customWebhookTemplate, payload, MOST_BYTES);
};

const signatureHeaders = (hook: Hook, id: string, body: string, now: Date): Readonly<Record<string, string>> => {
  const { signingToken, oldSigningToken } = hook;
  const old = oldSigningToken !== null && oldSigningToken.until > now ? [oldSigningToken.token] : [];
  const tokens = signingToken === null ? old : [signingToken, ...old];
  const timestamp = Math.floor(now.getTime() / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(tokens.length === 0 ? {} : { 'webhook-signature': sign(tokens, { id, timestamp, body }) }),
  };
};
