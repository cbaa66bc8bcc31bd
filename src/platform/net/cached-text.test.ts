import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { allowing } from '../../../test/support/outbound.ts';
import { httpReceiver } from '../../../test/support/receiver.ts';
import {
  CachedText,
  type CachedTextDeps,
  type FailureKind,
  guardedFetch,
  type OutboundRequest,
  type OutboundResult,
} from './index.ts';

const URL_A = 'https://a.test/ci.yml?token=secret';
const MINUTE = 60_000;

const answer = (status: number, body = '', headers: Record<string, string> = {}, url = URL_A): OutboundResult => ({
  kind: 'response',
  url,
  status,
  headers,
  body: Buffer.from(body),
});

const failure = (kind: FailureKind): OutboundResult => ({
  kind: 'failed',
  failure: kind,
  reason: `a.test: ${kind}`,
  status: undefined,
});

const textOf = (text: string) => ({
  kind: 'text',
  text,
  sha256: createHash('sha256').update(text).digest('base64'),
});

/** A cache whose requests get these answers one after the other; a request too many is an error. */
const cacheWith = (answers: readonly OutboundResult[], deps: Partial<CachedTextDeps> = {}) => {
  const left = [...answers];
  const requests: OutboundRequest[] = [];
  const waits: number[] = [];
  const clock = { now: 0 };
  const cache = new CachedText({
    fetch: async (request) => {
      requests.push(request);
      const next = left.shift();
      if (next === undefined) throw new Error('nobody expected this request');
      return next;
    },
    sleep: async (milliseconds) => waits.push(milliseconds),
    now: () => clock.now,
    ...deps,
  });
  return { cache, requests, waits, clock };
};

describe('what is asked', () => {
  test('every question goes to the server; what it says is unchanged comes from memory', async () => {
    const validators = { etag: 'W/"1"', 'last-modified': 'Sun, 22 Nov 2026 00:00:00 GMT' };
    const { cache, requests } = cacheWith([answer(200, 'one', validators), answer(304), answer(200, 'two')]);
    expect(await cache.get(URL_A)).toEqual(textOf('one'));
    expect(await cache.get(URL_A)).toEqual(textOf('one'));
    expect(await cache.get(URL_A)).toEqual(textOf('two'));
    const conditional = { 'if-none-match': 'W/"1"', 'if-modified-since': 'Sun, 22 Nov 2026 00:00:00 GMT' };
    expect(requests.map(({ headers }) => headers)).toEqual([{}, conditional, conditional]);
  });

  test('a text that is fresh enough is not asked for; being confirmed makes it fresh', async () => {
    const { cache, requests, clock } = cacheWith([
      answer(200, 'one', { etag: '"1"' }),
      answer(304),
      answer(200, 'two'),
    ]);
    const fresh = { freshForMs: 10 * MINUTE };
    await cache.get(URL_A, fresh);
    clock.now = 10 * MINUTE - 1;
    expect(await cache.get(URL_A, fresh)).toEqual(textOf('one'));
    expect(requests).toHaveLength(1);
    clock.now = 10 * MINUTE;
    expect(await cache.get(URL_A, fresh)).toEqual(textOf('one'));
    expect(requests).toHaveLength(2);
    clock.now = 19 * MINUTE;
    expect(await cache.get(URL_A, fresh)).toEqual(textOf('one'));
    expect(requests).toHaveLength(2);
    expect(await cache.get(URL_A)).toEqual(textOf('two'));
  });

  test('questions for one URL at the same time are one request, later ones another', async () => {
    const { cache, requests } = cacheWith([answer(200, 'one'), answer(200, 'two')]);
    expect(await Promise.all([cache.get(URL_A), cache.get(URL_A)])).toEqual([textOf('one'), textOf('one')]);
    expect(requests).toHaveLength(1);
    expect(await cache.get(URL_A)).toEqual(textOf('two'));
  });

  test('a request that throws leaves nothing behind', async () => {
    const { cache } = cacheWith([]);
    await expect(cache.get(URL_A)).rejects.toThrow('nobody expected');
    await expect(cache.get(URL_A)).rejects.toThrow('nobody expected');
  });

  test('the tag of another address is not sent: it may mean another text here', async () => {
    const moved = answer(200, 'one', { etag: '"1"' }, 'https://b.test/elsewhere');
    const { cache, requests } = cacheWith([moved, answer(200, 'two')]);
    await cache.get(URL_A);
    await cache.get(URL_A);
    expect(requests[1]?.headers).toEqual({});
  });

  test('a tag that no header could hold is not kept', async () => {
    const { cache, requests } = cacheWith([answer(200, 'one', { etag: '"é\u0001"' }), answer(200, 'two')]);
    await cache.get(URL_A);
    expect(await cache.get(URL_A)).toEqual(textOf('two'));
    expect(requests[1]?.headers).toEqual({});
  });

  test('the digest is that of the bytes, not of the text', async () => {
    const body = Buffer.from([0x61, 0xff]);
    const { cache } = cacheWith([{ kind: 'response', url: URL_A, status: 200, headers: {}, body }]);
    const sha256 = createHash('sha256').update(body).digest('base64');
    expect(await cache.get(URL_A)).toEqual({ kind: 'text', text: 'a\ufffd', sha256 });
  });
});

describe('what is tried again', () => {
  test.each([
    ['503', answer(503), { fault: 'status', status: 503, reason: 'a.test answered with HTTP code 503' }],
    ['a connection that breaks', failure('connection'), { fault: 'connection', reason: 'a.test: connection' }],
    ['a timeout', failure('timeout'), { fault: 'timeout', reason: 'a.test: timeout' }],
    ['a bad answer', failure('protocol'), { fault: 'protocol', reason: 'a.test: protocol' }],
    ['304 without a question for it', answer(304), { fault: 'protocol', status: 304 }],
  ])('%s: three attempts, 1 s and 2 s apart', async (_what, result, expected) => {
    const { cache, waits, requests } = cacheWith([result, result, result]);
    expect(await cache.get(URL_A)).toMatchObject({ kind: 'failed', url: URL_A, attempts: 3, ...expected });
    expect(waits).toEqual([1000, 2000]);
    expect(requests).toHaveLength(3);
  });

  test('the third attempt may bring the text', async () => {
    const { cache, waits } = cacheWith([answer(500), failure('timeout'), answer(200, 'one')]);
    expect(await cache.get(URL_A)).toEqual(textOf('one'));
    expect(waits).toEqual([1000, 2000]);
  });

  test.each([
    ['404', answer(404), { fault: 'status', status: 404 }],
    ['429', answer(429), { fault: 'status', status: 429 }],
    ['nobody listening', failure('connection-refused'), { fault: 'connection-refused' }],
    ['a bad certificate', failure('tls'), { fault: 'tls' }],
    ['too many redirects', failure('redirect'), { fault: 'redirect' }],
    ['too long a text', failure('too-large'), { fault: 'too-large' }],
    [
      'what is refused',
      { kind: 'refused' as const, reason: 'Requests to the local network are not allowed' },
      { fault: 'refused', reason: 'Requests to the local network are not allowed' },
    ],
  ])('%s: told at once', async (_what, result, expected) => {
    const { cache, waits } = cacheWith([result]);
    expect(await cache.get(URL_A)).toMatchObject({ kind: 'failed', url: URL_A, attempts: 1, ...expected });
    expect(waits).toEqual([]);
  });

  test('no reason tells the path or the query', async () => {
    const { cache } = cacheWith([answer(404)]);
    const result = await cache.get(URL_A);
    expect(result.kind === 'failed' && result.reason).toBe('a.test answered with HTTP code 404');
  });

  test('an old text does not stand in for a failure, and comes back when confirmed', async () => {
    const { cache } = cacheWith([answer(200, 'one', { etag: '"1"' }), answer(404), answer(304)]);
    await cache.get(URL_A);
    expect(await cache.get(URL_A)).toMatchObject({ kind: 'failed', status: 404 });
    expect(await cache.get(URL_A)).toEqual(textOf('one'));
  });
});

describe('what is kept', () => {
  const fresh = { freshForMs: MINUTE };
  const urlOf = (name: string): string => `https://a.test/${name}`;
  /** Each URL's text is its own length of `size`. */
  const cacheOf = (deps: Partial<CachedTextDeps>, size = 10) => {
    const asked: string[] = [];
    const { cache } = cacheWith([], {
      fetch: async ({ url }) => {
        asked.push(url.slice(-1));
        return answer(200, 'x'.repeat(size), {}, url);
      },
      ...deps,
    });
    return { asked, ask: (name: string) => cache.get(urlOf(name), fresh) };
  };

  test('so many texts; the least recently used go first', async () => {
    const { asked, ask } = cacheOf({ maxEntries: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  test('so many bytes', async () => {
    const { asked, ask } = cacheOf({ maxBytes: 5000 }, 1000);
    for (const name of ['a', 'b', 'b', 'a', 'c', 'a', 'b']) await ask(name);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  test('a text that is too long alone pushes nothing out', async () => {
    const sizes: Readonly<Record<string, number>> = { a: 10, b: 10_000 };
    const asked: string[] = [];
    const { cache } = cacheWith([], {
      maxBytes: 5000,
      fetch: async ({ url }) => {
        asked.push(url.slice(-1));
        return answer(200, 'x'.repeat(sizes[url.slice(-1)] ?? 0), {}, url);
      },
    });
    for (const name of ['a', 'b', 'a', 'b']) await cache.get(urlOf(name), fresh);
    expect(asked).toEqual(['a', 'b', 'b']);
  });
});

test('over the network: asked again with the tag, answered 304, tried again after 500', async () => {
  const seen: (string | undefined)[] = [];
  const receiver = await httpReceiver((request, response) => {
    seen.push(request.headers['if-none-match']);
    if (seen.length === 1) response.writeHead(500).end();
    else if (request.headers['if-none-match'] === '"v1"') response.writeHead(304, { ETag: '"v1"' }).end();
    else response.writeHead(200, { ETag: '"v1"' }).end('job: {script: ls}');
  });
  const { cache } = cacheWith([], { fetch: (request) => guardedFetch(request, allowing(receiver.host)) });
  const url = `http://${receiver.host}/ci.yml`;
  expect(await cache.get(url)).toEqual(textOf('job: {script: ls}'));
  expect(await cache.get(url)).toEqual(textOf('job: {script: ls}'));
  expect(seen).toEqual([undefined, undefined, '"v1"']);
});
