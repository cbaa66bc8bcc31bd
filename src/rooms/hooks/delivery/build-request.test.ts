import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hookWith } from '../../../../test/support/hook.ts';
import type { Hook } from '../hook.ts';
import { type BuiltRequest, buildRequest, type Message } from './build-request.ts';

const MESSAGE: Message = {
  trigger: 'push_events',
  payload: { event_name: 'push', project: { name: 'a "quoted" name', tags: ['one'] }, count: 3 },
  idempotencyKey: '11111111-1111-4111-8111-111111111111',
  eventSequence: 42,
  eventUuid: '22222222-2222-4222-8222-222222222222',
};
const CONTEXT = {
  externalUrl: 'https://ci.example.com',
  now: new Date('2026-01-02T03:04:05.678Z'),
  attemptId: 'attempt',
};
/** Made for this test. */
const keyOf = (letter: string): string => `whsec_${Buffer.alloc(32, letter).toString('base64')}`;

const requestOf = (hook: Hook, message: Partial<Message> = {}): BuiltRequest & { readonly kind: 'request' } => {
  const built = buildRequest(hook, { ...MESSAGE, ...message }, CONTEXT);
  if (built.kind !== 'request') throw new Error(built.error);
  return built;
};

const signatureBy = (letter: string, body: string): string => {
  const key = Buffer.alloc(32, letter);
  const text = `${MESSAGE.idempotencyKey}.${CONTEXT.now.getTime() / 1000 - 0.678}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
};

describe('the headers', () => {
  it('are those of GitLab, and the number of the event', () => {
    expect(requestOf(hookWith({ token: 's3cret' })).headers).toEqual({
      'Content-Type': 'application/json',
      'User-Agent': 'GitLab/19.4.0-penstock',
      'Idempotency-Key': MESSAGE.idempotencyKey,
      'X-Gitlab-Event': 'Push Hook',
      'X-Gitlab-Webhook-UUID': 'attempt',
      'X-Gitlab-Instance': 'https://ci.example.com',
      'X-Gitlab-Event-UUID': MESSAGE.eventUuid,
      'X-Penstock-Event-Sequence': '42',
      'X-Gitlab-Token': 's3cret',
      'webhook-id': MESSAGE.idempotencyKey,
      'webhook-timestamp': '1767323045',
    });
  });

  it('name every event of a system hook alike', () => {
    const { headers } = requestOf(hookWith({ place: { kind: 'system' } }));
    expect(headers['X-Gitlab-Event']).toBe('System Hook');
  });

  it('have no number for a test', () => {
    expect(requestOf(hookWith(), { eventSequence: null }).headers).not.toHaveProperty('X-Penstock-Event-Sequence');
  });

  it('take those of the hook, but none that is ours or of the connection', () => {
    const customHeaders = {
      'X-Mine': 'a',
      'x-gitlab-TOKEN': 'b',
      'user-agent': 'c',
      Host: 'd',
      'WEBHOOK-ID': 'e',
      'x-mine': 'f',
    };
    const { headers, shownHeaders } = requestOf(hookWith({ token: 's3cret', customHeaders }));
    expect(headers).toMatchObject({
      'X-Mine': 'a',
      'X-Gitlab-Token': 's3cret',
      'User-Agent': 'GitLab/19.4.0-penstock',
    });
    for (const name of ['x-gitlab-TOKEN', 'user-agent', 'Host', 'WEBHOOK-ID', 'x-mine']) {
      expect(headers).not.toHaveProperty([name]);
    }
    expect(shownHeaders).toMatchObject({ 'X-Mine': '[REDACTED]', 'X-Gitlab-Token': '[REDACTED]' });
  });

  it('leave out a hook’s own number and token where we send none, and keep its credentials', () => {
    const customHeaders = { 'x-penstock-event-sequence': '9', 'X-GITLAB-TOKEN': 'b', Authorization: 'Bearer c' };
    const { headers, shownHeaders } = requestOf(hookWith({ customHeaders }), { eventSequence: null });
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    expect(names).not.toContain('x-penstock-event-sequence');
    expect(names).not.toContain('x-gitlab-token');
    expect(headers['Authorization']).toBe('Bearer c');
    expect(shownHeaders['Authorization']).toBe('[REDACTED]');
    const both = requestOf(hookWith({ url: 'https://me:pw@receiver.example/', customHeaders }));
    expect(both.headers['Authorization']).toBe(`Basic ${btoa('me:pw')}`);
  });

  it('sign with the present key and, while it lasts, with the one before', () => {
    const old = { token: keyOf('o'), until: new Date(CONTEXT.now.getTime() + 1) };
    const both = requestOf(hookWith({ signingToken: keyOf('n'), oldSigningToken: old }));
    expect(both.headers['webhook-signature']).toBe(`${signatureBy('n', both.body)} ${signatureBy('o', both.body)}`);
    const over = requestOf(hookWith({ signingToken: keyOf('n'), oldSigningToken: { ...old, until: CONTEXT.now } }));
    expect(over.headers['webhook-signature']).toBe(signatureBy('n', over.body));
  });
});

describe('the address', () => {
  it('has its variables put in, and its user and password in a header', () => {
    const hook = hookWith({
      url: 'https://me:p%40{word}@{host}/a/{path}?k={unknown}',
      urlVariables: { word: 'ss', host: 'receiver.example:8443', path: 'b' },
    });
    const { url, headers, shownHeaders } = requestOf(hook);
    expect(url).toBe('https://receiver.example:8443/a/b?k={unknown}');
    expect(headers['Authorization']).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(shownHeaders['Authorization']).toBe('[REDACTED]');
  });

  it('keeps an @ of its path', () => {
    expect(requestOf(hookWith({ url: 'https://receiver.example/@me' })).url).toBe('https://receiver.example/@me');
  });
});

describe('the body', () => {
  it('is the payload', () => {
    expect(JSON.parse(requestOf(hookWith()).body)).toEqual(MESSAGE.payload);
  });

  it('is what the template makes of it: texts escaped, other values as JSON, what is missing null', () => {
    const customWebhookTemplate =
      '{"text": "{{event_name}} of {{project.name}}", "project": {{project}}, "n": {{count}}, "no": {{a.b}}}';
    expect(JSON.parse(requestOf(hookWith({ customWebhookTemplate })).body)).toEqual({
      text: 'push of a "quoted" name',
      project: MESSAGE.payload['project'],
      n: 3,
      no: null,
    });
  });

  it.each([
    ['{"a": {{project.tags.0}}}', /You may be trying to access an array value, which is not supported\./],
    ['{"a": {{project.name}}}', /the result is not JSON/],
    ['{"a": "{{constructor.name}}', /the result is not JSON/],
  ])('%s cannot be sent', (customWebhookTemplate, error) => {
    const built = buildRequest(hookWith({ customWebhookTemplate }), MESSAGE, CONTEXT);
    expect(built).toMatchObject({ kind: 'unsendable', isFinal: false, error: expect.stringMatching(error) });
  });

  it('is at most 25 MB, of a template too', () => {
    const payload = { text: 'x'.repeat(25 * 1024 * 1024) };
    expect(buildRequest(hookWith(), { ...MESSAGE, payload }, CONTEXT)).toMatchObject({
      kind: 'unsendable',
      isFinal: true,
      error: 'the body is larger than 25 MB',
    });
    const customWebhookTemplate = `["${'{{text}}'.repeat(500)}"]`;
    const smaller = { text: 'x'.repeat(100_000) };
    const built = buildRequest(hookWith({ customWebhookTemplate }), { ...MESSAGE, payload: smaller }, CONTEXT);
    expect(built).toMatchObject({ kind: 'unsendable', error: expect.stringContaining('longer than') });
  });
});
