import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { allowing, get, textOf } from '../../../test/support/outbound.ts';
import { httpReceiver, httpsReceiver } from '../../../test/support/receiver.ts';
import { guardedFetch } from './index.ts';

const answerOk = (_request: unknown, response: ServerResponse): void => {
  response.end('ok');
};

describe('what a request and its answer are', () => {
  test('method, path, headers and body arrive; status, headers and body come back', async () => {
    let body = '';
    const receiver = await httpReceiver((request, response) => {
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        response.writeHead(201, { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] });
        response.end('made');
      });
    });
    const result = await guardedFetch(
      { method: 'POST', url: `http://${receiver.host}/a%20b?c=d#e`, headers: { 'X-Token': 't' }, body: 'grüße' },
      allowing(receiver.host),
    );
    expect(result).toMatchObject({ kind: 'response', status: 201, url: `http://${receiver.host}/a%20b?c=d#e` });
    expect(result).toMatchObject({ headers: { 'x-answer': 'yes', 'set-cookie': 'a=1, b=2' } });
    expect(result.kind === 'response' && result.body.toString()).toBe('made');
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/a%20b?c=d' });
    expect(request?.headers).toMatchObject({
      host: receiver.host,
      'x-token': 't',
      'content-length': '7',
      connection: 'close',
      'user-agent': expect.stringMatching(/^Penstock\//),
    });
    expect(body).toBe('grüße');
  });

  test.each([
    ['gzip', gzipSync('packed')],
    ['deflate', deflateSync('packed')],
    ['br', brotliCompressSync('packed')],
  ])('a body in %s is decompressed', async (encoding, bytes) => {
    const receiver = await httpReceiver((_request, response) => {
      response.setHeader('Content-Encoding', encoding);
      response.end(bytes);
    });
    expect(await textOf({ method: 'GET', url: `http://${receiver.host}/` }, allowing(receiver.host))).toBe('packed');
  });

  test.each([['HEAD', 200] as const, ['GET', 304] as const, ['GET', 204] as const])(
    '%s answered with %d has no body, whatever its headers say',
    async (method, status) => {
      const receiver = await httpReceiver((_request, response) => {
        response.writeHead(status, { 'Content-Encoding': 'gzip', ETag: '"1"' });
        response.end();
      });
      const result = await guardedFetch({ method, url: `http://${receiver.host}/` }, allowing(receiver.host));
      expect(result).toMatchObject({ kind: 'response', status, headers: { etag: '"1"' }, body: Buffer.alloc(0) });
    },
  );
});

describe('headers', () => {
  test.each([
    ['X-Token', 'a\r\nX-Injected: 1'],
    ['X-Token', 'a\nb'],
    ['X-Token', 'a\u0000'],
    ['X-Token', 'a\u{10ffff}'],
    ['X-Token: a\r\nX', 'b'],
    ['X Token', 'a'],
    ['', 'a'],
    ['Host', 'internal'],
    ['content-length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'upgrade'],
    ['Expect', '100-continue'],
  ])('%j: %j is refused', async (name, value) => {
    const receiver = await httpReceiver(answerOk);
    const result = await get(`http://${receiver.host}/`, allowing(receiver.host), { [name]: value });
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/header/) });
    expect(receiver.connections()).toBe(0);
  });

  test('a header in two spellings is refused', async () => {
    const result = await get('http://127.0.0.1:1/', allowing('127.0.0.1:1'), { 'X-A': '1', 'x-a': '2' });
    expect(result).toEqual({ kind: 'refused', reason: 'The header x-a is given twice' });
  });
});

describe('redirects', () => {
  /** Sends `/n` on to `/n-1`; `/0` is the end. */
  const countDown = () =>
    httpReceiver((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('the end');
      else response.writeHead(302, { Location: `/${left - 1}` }).end('x'.repeat(5000));
    });
  const leadTo = (location: string, status = 302) =>
    httpReceiver((_request, response) => {
      response.writeHead(status, { Location: location }).end();
    });

  test('are an answer like others when the policy follows none', async () => {
    const receiver = await leadTo('/next');
    const result = await get(`http://${receiver.host}/`, allowing(receiver.host));
    expect(result).toMatchObject({ kind: 'response', status: 302, headers: { location: '/next' } });
    expect(receiver.requests).toHaveLength(1);
  });

  test('are followed as often as the policy says, and never more than five times', async () => {
    const receiver = await countDown();
    const ask = (hops: number, redirects: number) =>
      get(`http://${receiver.host}/${hops}`, allowing(receiver.host, { redirects }));
    expect(await ask(2, 2)).toMatchObject({ status: 200, url: `http://${receiver.host}/0` });
    expect(await ask(3, 2)).toMatchObject({ failure: 'redirect', reason: 'More than 2 redirects' });
    expect(await ask(5, 5)).toMatchObject({ status: 200 });
    expect(await ask(6, 100)).toMatchObject({ failure: 'redirect', reason: 'More than 5 redirects' });
  });

  test.each([
    ['http://127.0.0.2:1/', 'Requests to loopback addresses are not allowed'],
    ['http://169.254.169.254/', 'Requests to the link local network are not allowed'],
    ['//10.0.0.1/', 'Requests to the local network are not allowed'],
    ['http://2130706433/', 'An IP address must be written as four decimal numbers'],
    ['file:///etc/passwd', 'Only allowed schemes are http, https'],
    ['http://a@example.com/', 'A user or password in the URI is not allowed'],
    ['http://ex ample.com/', 'URI is invalid'],
  ])('to %s are refused', async (location, reason) => {
    const receiver = await leadTo(location);
    const result = await get(`http://${receiver.host}/`, allowing(receiver.host, { redirects: 5 }));
    expect(result).toEqual({ kind: 'refused', reason });
  });

  test('resolve and check the same name again', async () => {
    const receiver = await countDown();
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const resolve = () => Promise.resolve(answers.shift() ?? []);
    const result = await get(
      `http://rebind.test:${receiver.port}/1`,
      allowing(receiver.host, { redirects: 5, resolve }),
    );
    expect(result).toEqual({ kind: 'refused', reason: 'Requests to the local network are not allowed' });
    expect(receiver.requests).toHaveLength(1);
  });

  test('carry headers within an origin, and no secret to another one', async () => {
    const other = await httpReceiver(answerOk);
    const receiver = await httpReceiver((request, response) => {
      const location = request.url === '/1' ? '/2' : `http://${other.host}/`;
      response.writeHead(302, { Location: location }).end();
    });
    const headers = {
      Authorization: 'Bearer s',
      Cookie: 's',
      'X-Gitlab-Token': 's',
      Accept: 'text/plain',
      'If-None-Match': '"1"',
    };
    const policy = allowing(`${receiver.host},${other.host}`, { redirects: 5 });
    expect(await get(`http://${receiver.host}/1`, policy, headers)).toMatchObject({ status: 200 });
    expect(receiver.requests[1]?.headers).toMatchObject({ authorization: 'Bearer s', 'x-gitlab-token': 's' });
    // The tag is the first address's.
    expect(receiver.requests[1]?.headers['if-none-match']).toBeUndefined();
    expect(Object.keys(other.requests[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test.each([
    [301, 'GET', undefined],
    [302, 'GET', undefined],
    [303, 'GET', undefined],
    [307, 'POST', '4'],
    [308, 'POST', '4'],
  ])('%d of a POST goes on as %s', async (status, method, length) => {
    const receiver = await httpReceiver((request, response) => {
      if (request.url === '/end') response.end();
      else response.writeHead(status, { Location: '/end' }).end();
    });
    await guardedFetch(
      { method: 'POST', url: `http://${receiver.host}/`, headers: { 'Content-Type': 'a/b' }, body: 'body' },
      allowing(receiver.host, { redirects: 1 }),
    );
    expect(receiver.requests[1]?.method).toBe(method);
    expect(receiver.requests[1]?.headers['content-length']).toBe(length);
    expect(receiver.requests[1]?.headers['content-type']).toBe(length === undefined ? undefined : 'a/b');
  });

  test('do not take a body to another origin', async () => {
    const other = await httpReceiver(answerOk);
    const receiver = await leadTo(`http://${other.host}/`, 307);
    const policy = allowing(`${receiver.host},${other.host}`, { redirects: 1 });
    const result = await guardedFetch({ method: 'POST', url: `http://${receiver.host}/`, body: 'secret' }, policy);
    expect(result).toMatchObject({ kind: 'failed', failure: 'redirect' });
    expect(other.connections()).toBe(0);
  });

  test('take it there, and the headers that are named, when the policy says so; never away from TLS', async () => {
    const other = await httpReceiver((request, response) => void request.pipe(response));
    const receiver = await leadTo(`http://${other.host}/`, 307);
    const rules = { redirects: 1, elsewhere: new Set(['content-type']), verifyTls: false };
    const policy = allowing(`${receiver.host},${other.host}`, rules);
    const headers = { 'Content-Type': 'a/b', 'X-Key': 's' };
    const request = { method: 'POST', url: `http://${receiver.host}/`, headers, body: 'body' } as const;
    expect(await textOf(request, policy)).toBe('body');
    expect(other.requests).toMatchObject([{ method: 'POST', headers: { 'content-type': 'a/b' } }]);
    expect(other.requests[0]?.headers).not.toHaveProperty('x-key');
    const safe = await httpsReceiver((_request, response) =>
      response.writeHead(307, { Location: `http://${other.host}/` }).end(),
    );
    const fromTls = { ...request, url: `https://${safe.host}/` };
    const fromThere = allowing(`${safe.host},${other.host}`, rules);
    expect(await guardedFetch(fromTls, fromThere)).toMatchObject({ kind: 'failed', failure: 'redirect', status: 307 });
    expect(other.requests).toHaveLength(1);
  });

  test('lead nobody away from TLS by a 303 either, where the policy says so', async () => {
    const other = await httpReceiver(answerOk);
    const safe = await httpsReceiver((_request, response) =>
      response.writeHead(303, { Location: `http://${other.host}/` }).end(),
    );
    const rules = { redirects: 1, elsewhere: new Set(['x-event']), verifyTls: false };
    const policy = allowing(`${safe.host},${other.host}`, rules);
    const headers = { 'X-Event': 'e' };
    const request = { method: 'POST', url: `https://${safe.host}/`, headers, body: 'body' } as const;
    expect(await guardedFetch(request, policy)).toMatchObject({ kind: 'failed', failure: 'redirect', status: 303 });
    expect(other.connections()).toBe(0);
  });
});
