import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../test/support/raw-connection.ts';
import { openRoute, serveRoutes } from '../../test/support/serve-routes.ts';
import type { ErrorCode } from '../kit/errors.ts';
import { badRequest, invalid, notFound, PenstockError } from '../kit/errors.ts';
import { Halt, insufficientScope, invalidToken } from './errors.ts';
import type { ApiReply } from './reply.ts';
import { accepted, bytes, created, download, json, noContent, ok, redirect, stream, text } from './reply.ts';
import { requireUnmodifiedSince } from './require-unmodified-since.ts';

/** Serves one GET route that answers this, and asks it once. */
async function ask(answer: () => ApiReply | Promise<ApiReply>, init: RequestInit = {}, path = '/x') {
  const { url, log } = await serveRoutes([openRoute({ method: 'GET', path }, answer)]);
  const response = await fetch(`${url}/api/v4${path}`, init);
  return { response, body: await response.text(), log };
}

describe('every answer', () => {
  it('has GitLab’s headers', async () => {
    const { response } = await ask(() => ok([]));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      vary: 'Origin',
      'cache-control': 'max-age=0, private, must-revalidate',
    });
    expect(response.headers.get('x-runtime')).toMatch(/^\d+\.\d{6}$/u);
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('is JSON that says so, errors and unknown routes too', async () => {
    const types = [
      await ask(() => {
        throw notFound('Project');
      }),
      await ask(() => {
        throw new Error('fault');
      }),
      await ask(() => created({})),
    ].map(({ response }) => response.headers.get('content-type'));
    const { url } = await serveRoutes([]);
    types.push((await fetch(`${url}/api/v4/unknown`)).headers.get('content-type'));
    expect(types).toEqual(Array.from({ length: 4 }, () => 'application/json'));
  });

  it('echoes the request’s id, without what a log should not hold', async () => {
    const id = async (sent: string): Promise<string | null> =>
      (await ask(() => ok(1), { headers: { 'X-Request-Id': sent } })).response.headers.get('x-request-id');
    expect(await id('0123abc-DEF_@.')).toBe('0123abc-DEF_@.');
    expect(await id('a b\tc{}"<>')).toBe('abc');
    expect(await id('x'.repeat(300))).toBe('x'.repeat(255));
    expect(await id('{}')).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('keeps the case of header names, as scripts expect them', async () => {
    const { port } = await serveRoutes([openRoute({ method: 'GET' }, () => ok([], { 'X-Total': '5' }))]);
    const connection = await rawConnection(port);
    connection.write('GET /api/v4/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = await connection.toEnd();
    expect(answer).toContain('\r\nX-Total: 5\r\n');
    expect(answer).toContain('\r\nContent-Type: application/json\r\n');
  });
});

describe('kinds of answers', () => {
  it('204 has neither body nor content type', async () => {
    const { response, body } = await ask(() => noContent({ 'X-GitLab-Last-Update': 'abc' }));
    expect([response.status, body, response.headers.get('content-type')]).toEqual([204, '', null]);
    expect(response.headers.get('x-gitlab-last-update')).toBe('abc');
  });

  it('200, 201, 202, text, bytes, redirects', async () => {
    const statusOf = async (reply: ApiReply) => {
      const { response, body } = await ask(() => reply, { redirect: 'manual' });
      return [response.status, response.headers.get('content-type'), body];
    };
    expect(await statusOf(ok({ a: 1 }))).toEqual([200, 'application/json', '{"a":1}']);
    expect(await statusOf(created(null))).toEqual([201, 'application/json', 'null']);
    expect(await statusOf(accepted({}))).toEqual([202, 'application/json', '{}']);
    expect(await statusOf(text(200, 'héllo'))).toEqual([200, 'text/plain; charset=utf-8', 'héllo']);
    expect(await statusOf(bytes(200, Buffer.from('x'), { 'Content-Type': 'image/png' }))).toEqual([
      200,
      'image/png',
      'x',
    ]);
    const moved = await ask(() => redirect('https://ci.example/api/v4/projects/5', 301), { redirect: 'manual' });
    expect(moved.response.headers.get('location')).toBe('https://ci.example/api/v4/projects/5');
    expect(moved.body).toBe('This resource has been moved permanently to https://ci.example/api/v4/projects/5');
  });

  it('streams files under safe names', async () => {
    const name = 'a"b\r\n한%.zip';
    const file = { name, contentType: 'application/zip', size: 5 };
    const { response, body } = await ask(() => download(Readable.from(['he', 'llo']), file));
    expect(body).toBe('hello');
    expect(response.headers.get('content-length')).toBe('5');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="a?b????.zip"; filename*=UTF-8''a%22b%0D%0A%ED%95%9C%25.zip`,
    );
  });

  it('sends a stream as it comes', async () => {
    const source = new PassThrough();
    const { url } = await serveRoutes([
      openRoute({ method: 'GET' }, () => stream(200, source, { 'Content-Type': 'text/event-stream' })),
    ]);
    const response = await fetch(`${url}/api/v4/echo`);
    const reader = response.body?.getReader();
    source.write('data: 1\n\n');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
    source.end('data: 2\n\n');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 2\n\n');
  });

  it('cuts the connection when a stream breaks, so that nobody takes half for whole', async () => {
    const broken = Readable.from(
      (async function* () {
        yield 'half';
        await Promise.resolve();
        throw new Error('disk gone');
      })(),
    );
    const { url, log } = await serveRoutes([openRoute({ method: 'GET' }, () => stream(200, broken, {}))]);
    await expect(fetch(`${url}/api/v4/echo`).then((response) => response.text())).rejects.toThrow();
    expect(log.map(({ message }) => message)).toContain('answer failed');
  });
});

describe('HEAD', () => {
  it('has the headers of GET and no body', async () => {
    const { response, body } = await ask(() => ok({ a: 1 }), { method: 'HEAD' });
    expect([response.status, body, response.headers.get('content-length')]).toEqual([200, '', '7']);
    expect(response.headers.get('etag')).toMatch(/^W\/"[0-9a-f]{32}"$/u);
  });

  it('does not read a stream', async () => {
    const source = new PassThrough();
    const { response } = await ask(() => stream(200, source, { 'Content-Length': 1000 }), { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('1000');
    expect(source.destroyed).toBe(true);
  });
});

describe('entity tags', () => {
  const get = (headers: Record<string, string> = {}, reply: ApiReply = ok({ a: 1 })) => ask(() => reply, { headers });

  it('are equal for equal bodies, and make 304', async () => {
    const tag = (await get()).response.headers.get('etag') ?? '';
    expect((await get({}, ok({ a: 2 }))).response.headers.get('etag')).not.toBe(tag);
    for (const header of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const { response, body } = await get({ 'If-None-Match': header });
      expect([response.status, body, response.headers.get('etag')]).toEqual([304, '', tag]);
      expect(response.headers.get('content-type')).toBeNull();
    }
    expect((await get({ 'If-None-Match': '"x"' })).response.status).toBe(200);
  });

  it('are on 200 only', async () => {
    expect((await get({}, json(404, {}))).response.headers.get('etag')).toBeNull();
    expect((await get({}, created({}))).response.headers.get('etag')).toBeNull();
  });
});

describe('CORS', () => {
  it('lets any origin in without credentials, and the own one with them', async () => {
    const { url } = await serveRoutes([openRoute({ method: 'GET' }, () => ok([]))]);
    const get = async (origin: string) => (await fetch(`${url}/api/v4/echo`, { headers: { Origin: origin } })).headers;
    const foreign = await get('https://elsewhere.example');
    expect(foreign.get('access-control-allow-origin')).toBe('*');
    expect(foreign.get('access-control-allow-credentials')).toBeNull();
    expect(foreign.get('access-control-expose-headers')).toContain('X-Total-Pages');
    const own = await get(url);
    expect(own.get('access-control-allow-origin')).toBe(url);
    expect(own.get('access-control-allow-credentials')).toBe('true');
  });

  it('answers a preflight, for paths below /api only', async () => {
    const { url } = await serveRoutes([openRoute()]);
    const headers = {
      Origin: 'https://elsewhere.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'private-token, content-type',
    };
    const response = await fetch(`${url}/api/v4/echo`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(response.headers.get('access-control-allow-headers')).toBe('private-token, content-type');
    const site = await fetch(`${url}/-/health`, { method: 'OPTIONS', headers });
    expect([site.status, site.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });

  it('says nothing to a request without origin', async () => {
    const { response } = await ask(() => ok([]));
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('refusals', () => {
  const STATUS: Readonly<Record<ErrorCode, number>> = {
    bad_request: 400,
    unauthorized: 401,
    forbidden: 403,
    not_found: 404,
    method_not_allowed: 405,
    conflict: 409,
    gone: 410,
    precondition_failed: 412,
    too_large: 413,
    unprocessable: 422,
    too_many_requests: 429,
    unavailable: 503,
  };
  const refused = async (error: Error): Promise<unknown> => {
    const { response, body, log } = await ask(() => {
      throw error;
    });
    expect(log.filter(({ level }) => level !== 'info')).toEqual([]);
    return [response.status, JSON.parse(body)];
  };

  it('have their status and a message', async () => {
    const routes = Object.keys(STATUS).map((code) =>
      openRoute({ method: 'GET', path: `/${code}` }, () => {
        const found = Object.keys(STATUS).find((known): known is ErrorCode => known === code);
        throw new PenstockError(found ?? 'gone', 'why', { 'Job-Status': 'failed' });
      }),
    );
    const { url } = await serveRoutes(routes);
    for (const [code, status] of Object.entries(STATUS)) {
      const response = await fetch(`${url}/api/v4/${code}`);
      expect([response.status, await response.json(), response.headers.get('job-status')]).toEqual([
        status,
        { message: 'why' },
        'failed',
      ]);
    }
  });

  it('carry attributes as they are', async () => {
    expect(await refused(badRequest('why'))).toEqual([400, { message: '400 Bad request - why' }]);
    expect(await refused(invalid({ key: ['is too long'] }))).toEqual([400, { message: { key: ['is too long'] } }]);
  });

  it('of OAuth have its shape', async () => {
    expect(await refused(invalidToken('Token was revoked.'))).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Token was revoked.' },
    ]);
    expect(await refused(insufficientScope(['api', 'read_api']))).toEqual([
      403,
      {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api',
      },
    ]);
    expect(await refused(new Halt(json(422, { error: 'Invalid url given' })))).toEqual([
      422,
      { error: 'Invalid url given' },
    ]);
  });

  it('412 when the resource has changed since', async () => {
    const updated = new Date('2026-01-02T03:04:05.600Z');
    const status = async (header: string): Promise<number> => {
      const route = openRoute({ method: 'DELETE' }, (request) => {
        requireUnmodifiedSince(request, updated);
        return noContent();
      });
      const { url } = await serveRoutes([route]);
      const headers = { 'If-Unmodified-Since': header };
      return (await fetch(`${url}/api/v4/echo`, { method: 'DELETE', headers })).status;
    };
    expect(await status('Fri, 02 Jan 2026 03:04:05 GMT')).toBe(412);
    expect(await status('Fri, 02 Jan 2026 03:04:06 GMT')).toBe(204);
    expect(await status('yesterday')).toBe(204);
  });
});

describe('faults', () => {
  it('are 500 without a word, and logged with the request’s id', async () => {
    const { response, body, log } = await ask(
      () => {
        throw new Error('the database is on fire');
      },
      { headers: { 'X-Request-Id': 'id-1' } },
    );
    expect([response.status, JSON.parse(body)]).toEqual([500, { message: '500 Internal Server Error' }]);
    const fault = log.find(({ level }) => level === 'error');
    expect(fault).toMatchObject({ message: 'request failed', fields: { request_id: 'id-1', path: '/api/v4/x' } });
  });

  it('are 500 too when the answer cannot be written', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect((await ask(() => ok(circle))).response.status).toBe(500);
    expect((await ask(() => ok(1, { 'X-Bad': 'a\r\nSet-Cookie: b' }))).response.status).toBe(500);
    const source = new PassThrough();
    expect((await ask(() => stream(200, source, { 'X-Bad': '한' }))).response.status).toBe(500);
    expect(source.destroyed).toBe(true);
  });
});

describe('the log', () => {
  it('has a line for each request, without query, headers or body', async () => {
    const { url, log } = await serveRoutes([
      openRoute({ path: '/projects/:id/trigger' }),
      openRoute({ path: '/fault' }, () => {
        throw new Error('fault');
      }),
    ]);
    const body = new URLSearchParams({ token: 'SECRET-body' });
    const init = { method: 'POST', body, headers: { 'PRIVATE-TOKEN': 'SECRET-header', Cookie: 'c=SECRET-cookie' } };
    await fetch(`${url}/api/v4/projects/5/trigger?token=SECRET-query`, init);
    await fetch(`${url}/api/v4/fault?token=SECRET-query`, init);
    await fetch(`${url}/api/v4/unknown?token=SECRET-query`, init);
    await fetch(`${url}/api/v4/unknown%zz?token=SECRET-query%zz`, init);
    expect(log[0]).toMatchObject({
      level: 'info',
      fields: {
        method: 'POST',
        path: '/api/v4/projects/5/trigger',
        route: '/projects/:id/trigger',
        status: 201,
        ip: '127.0.0.1',
      },
    });
    expect(log.filter(({ message }) => message === 'request')).toHaveLength(4);
    const written = log.map(({ fields }) =>
      JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? value.stack : value)),
    );
    expect(written.join('\n')).not.toContain('SECRET');
  });
});
