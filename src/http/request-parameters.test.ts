import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../test/support/raw-connection.ts';
import { openRoute, serveRoutes } from '../../test/support/serve-routes.ts';
import { hash, integer, string } from './params.ts';
import { isUploadedFile } from './raw-params.ts';
import { created, json, ok } from './reply.ts';
import { route } from './route.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Sends to a route that answers with its raw parameters. */
async function echo(path: string, init: RequestInit = {}): Promise<unknown> {
  const { url } = await serveRoutes([openRoute(), openRoute({ path: '/projects/:id/ref/*ref/trigger/pipeline' })]);
  const response = await fetch(`${url}/api/v4${path}`, { method: 'POST', ...init });
  const text = await response.text();
  return response.ok ? JSON.parse(text) : `${String(response.status)} ${text}`;
}

describe('parameters arrive', () => {
  const expected = { ref: 'main', token: 't', variables: { A: 'b c', B: '한' } };

  it('in the query', async () => {
    expect(await echo('/echo?ref=main&token=t&variables[A]=b+c&variables%5BB%5D=%ED%95%9C')).toEqual(expected);
  });

  it('as a form', async () => {
    const body = new URLSearchParams({ ref: 'main', token: 't', 'variables[A]': 'b c', 'variables[B]': '한' });
    expect(await echo('/echo', { body })).toEqual(expected);
  });

  it('as multipart', async () => {
    const body = new FormData();
    for (const [name, value] of [
      ['ref', 'main'],
      ['token', 't'],
      ['variables[A]', 'b c'],
      ['variables[B]', '한'],
    ] as const) {
      body.append(name, value);
    }
    expect(await echo('/echo', { body })).toEqual(expected);
  });

  it('as JSON', async () => {
    expect(await echo('/echo', { body: JSON.stringify(expected), headers: JSON_TYPE })).toEqual(expected);
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
    expect(await echo('/echo', { body: JSON.stringify(expected), headers })).toEqual(expected);
  });

  it('as JSON without a content type, and as a form without one', async () => {
    expect(await echo('/echo', { body: Buffer.from(' {"a":[1]}') })).toEqual({ a: [1] });
    expect(await echo('/echo', { body: Buffer.from('a[]=1') })).toEqual({ a: ['1'] });
    expect(await echo('/echo', { body: Buffer.from('{bad') })).toBe('400 {"error":"Invalid JSON format"}');
  });

  it('merged: the path wins over the body, the body over the query', async () => {
    const body = new URLSearchParams({ ref: 'body', a: 'body' });
    const path = '/projects/g%2Fp/ref/x/y/trigger/pipeline?ref=query&a=query&b=query&id=7';
    expect(await echo(path, { body })).toEqual({ id: 'g/p', ref: 'x/y', a: 'body', b: 'query' });
  });

  it('not from text, XML, or JSON that is no hash', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/octet-stream', 'nonsense', '']) {
      expect(await echo('/echo?q=1', { body: Buffer.from('a=1'), headers: { 'Content-Type': type } })).toEqual(
        type === '' ? { q: '1', a: '1' } : { q: '1' },
      );
    }
    for (const body of ['[1,2]', '"x"', 'null']) {
      expect(await echo('/echo?q=1', { body, headers: JSON_TYPE })).toEqual({ q: '1' });
    }
    expect(await echo('/echo?q=1', { body: '', headers: JSON_TYPE })).toEqual({ q: '1' });
  });

  it('in the body of DELETE, PUT and PATCH, but not as JSON on GET', async () => {
    const methods = ['DELETE', 'PUT', 'PATCH'] as const;
    const { url, port } = await serveRoutes([
      ...methods.map((method) => openRoute({ method })),
      openRoute({ method: 'GET' }),
    ]);
    for (const method of methods) {
      const response = await fetch(`${url}/api/v4/echo`, { method, body: '{"a":1}', headers: JSON_TYPE });
      expect(await response.json()).toEqual({ a: 1 });
    }
    const connection = await rawConnection(port);
    const head =
      'GET /api/v4/echo?q=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n';
    connection.write(`${head}{"a":1}`);
    expect(await connection.until('}')).toContain('{"q":"1"}');
  });

  it('keep the order and the digits that were sent', async () => {
    const { url } = await serveRoutes([openRoute()]);
    const body = '{"z":1,"id":12345678901234567890,"f":1.0,"__proto__":{"x":1},"constructor":{}}';
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', body, headers: JSON_TYPE });
    expect(await response.text()).toBe(body);
  });

  it('as uploaded files, and a part is a file by its name alone', async () => {
    const { url } = await serveRoutes([
      openRoute({}, ({ rawParams }) => {
        const { upload, note } = rawParams;
        return created({
          note,
          file: isUploadedFile(upload) && [upload.filename, Buffer.from(upload.bytes).toString()],
        });
      }),
    ]);
    const body = [
      '--b\r\nContent-Disposition: form-data; name="upload"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
      '--b\r\nContent-Disposition: form-data; name="note"\r\nContent-Type: application/json\r\n\r\n{ "a": 1 }\r\n',
      '--b\r\nContent-Disposition: form-data; name="none"; filename=""\r\n\r\n\r\n--b--\r\n',
    ].join('');
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', body, headers });
    expect(await response.json()).toEqual({ note: '{ "a": 1 }', file: ['a.txt', 'hello'] });
  });
});

describe('no parameter touches a prototype', () => {
  const hostile = 'variables[__proto__]=x&__proto__[polluted]=1&constructor[prototype][polluted]=1';
  const keys = { variables: { ['__proto__']: 'x' } };

  it('from a query or a form', async () => {
    for (const answer of [
      await echo(`/echo?${hostile}`),
      await echo('/echo', { body: new URLSearchParams(hostile) }),
    ]) {
      expect(JSON.stringify(answer)).toContain(JSON.stringify(keys).slice(1, -1));
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('from multipart or JSON', async () => {
    const form = new FormData();
    for (const name of ['variables[__proto__]', '__proto__[polluted]', 'toString', 'constructor'])
      form.append(name, 'x');
    expect(await echo('/echo', { body: form })).toHaveProperty(['toString'], 'x');
    const body = '{"__proto__":{"polluted":1},"variables":{"__proto__":"x"}}';
    expect(JSON.stringify(await echo('/echo', { body, headers: JSON_TYPE }))).toBe(body);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('unreadable requests', () => {
  it.each([
    ['/echo?a=%zz'],
    ['/echo?a=%ff'],
    ['/echo?a=x%00'],
    ['/echo?a=1&a[b]=2'],
    ['/projects/%zz/ref/x/trigger/pipeline'],
    ['/projects/%00/ref/x/trigger/pipeline'],
  ])('%s is Bad Request in plain text', async (path) => {
    expect(await echo(path)).toBe('400 Bad Request');
  });

  it('forms and multipart too', async () => {
    expect(await echo('/echo', { body: new URLSearchParams('a=%00') })).toBe('400 Bad Request');
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await echo('/echo', { body: Buffer.from([0x61, 0x3d, 0xff]), headers: form })).toBe('400 Bad Request');
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=b']) {
      const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut off';
      expect(await echo('/echo', { body, headers: { 'Content-Type': type } })).toBe('400 Bad Request');
    }
  });

  it('malformed JSON, in the words of the route where it has some', async () => {
    const malformedJson = () => json(400, { message: 'Invalid json', error: 'Invalid json' });
    const { url } = await serveRoutes([openRoute({ path: '/commits', malformedJson }), openRoute()]);
    const send = async (path: string, body: string): Promise<unknown> =>
      (await fetch(`${url}/api/v4${path}`, { method: 'POST', body, headers: JSON_TYPE })).json();
    expect(await send('/echo', '{bad')).toEqual({ error: 'Invalid JSON format' });
    expect(await send('/commits', '{bad')).toEqual({ message: 'Invalid json', error: 'Invalid json' });
    expect(await send('/commits', '['.repeat(40))).toEqual({ error: 'Parameters nested too deeply' });
  });

  it('too long an address is 414, too many header bytes 431', async () => {
    expect(await echo(`/echo?a=${'x'.repeat(33 * 1024)}`)).toBe('414 {"message":"414 Request-URI Too Large"}');
    const { port } = await serveRoutes([openRoute()]);
    const connection = await rawConnection(port);
    connection.write(`GET /api/v4/echo HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`);
    expect(await connection.toEnd()).toMatch(/^HTTP\/1\.1 431 /u);
  });

  it('no HTTP at all is 400', async () => {
    const { port } = await serveRoutes([openRoute()]);
    const connection = await rawConnection(port);
    connection.write('hello there\r\n\r\n');
    expect(await connection.toEnd()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
  });

  it('letters that are not percent-encoded in the address are 400', async () => {
    const { port } = await serveRoutes([openRoute()]);
    const connection = await rawConnection(port);
    connection.write(Buffer.from('POST /api/v4/echo?ref=가지 HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(await connection.toEnd()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
  });
});

describe('declared parameters', () => {
  const seen: string[] = [];
  const guarded = (path: string, validateBeforeGuard: boolean) =>
    route({
      method: 'POST',
      path,
      summary: 'for a test',
      params: { ref: string({ required: true, allowBlank: false }), n: integer(), variables: hash() },
      guard: {
        label: 'teapot',
        check: async ({ credentials }) => {
          seen.push(path);
          if (credentials.privateToken === undefined) throw new Error('not reached in a good test');
          return credentials.privateToken;
        },
      },
      validateBeforeGuard,
      handler: async ({ subject, params, request }) => ok({ subject, params, id: request.pathParams['id'] }),
    });

  it('reach the handler with their types, beside the guard’s subject', async () => {
    const { url } = await serveRoutes([guarded('/projects/:id/run', false)]);
    const response = await fetch(`${url}/api/v4/projects/5/run?n=7`, {
      method: 'POST',
      body: '{"ref":5,"variables":{"a":"b"},"undeclared":1}',
      headers: { ...JSON_TYPE, 'PRIVATE-TOKEN': 'p' },
    });
    expect(await response.json()).toEqual({ subject: 'p', params: { ref: '5', n: 7, variables: { a: 'b' } }, id: '5' });
  });

  it('are validated after the guard, unless the route says before', async () => {
    const { url } = await serveRoutes([guarded('/after', false), guarded('/before', true)]);
    seen.length = 0;
    const send = async (path: string, body: string) =>
      fetch(`${url}/api/v4${path}`, { method: 'POST', body, headers: { ...JSON_TYPE, 'PRIVATE-TOKEN': 'p' } });
    const before = await send('/before', '{"n":"x"}');
    expect([before.status, await before.json()]).toEqual([
      400,
      { error: 'ref is missing, ref is empty, n is invalid' },
    ]);
    expect(seen).toEqual([]);
    expect((await send('/after', '{}')).status).toBe(400);
    expect(seen).toEqual(['/after']);
    expect((await send('/after', '{bad')).status).toBe(400);
    expect(seen).toEqual(['/after']);
  });
});

describe('addresses', () => {
  it('stand under the relative root and nowhere else', async () => {
    const routes = [openRoute({ method: 'GET', path: '/a' }, ({ url, baseUrl, path }) => ok({ url, baseUrl, path }))];
    const health = openRoute({ method: 'GET', path: '/-/health' }, () => ok('GitLab OK'));
    const served = await serveRoutes(routes, { externalUrl: 'https://ci.example.org/git/lab/', siteRoutes: [health] });
    const get = async (path: string): Promise<unknown> => (await fetch(`${served.url}${path}`)).json();
    expect(await get('/git/lab/api/v4/a')).toEqual({
      url: 'https://ci.example.org/git/lab/api/v4/a',
      baseUrl: 'https://ci.example.org/git/lab',
      path: '/api/v4/a',
    });
    expect(await get('/git/lab/-/health')).toBe('GitLab OK');
    for (const path of ['/api/v4/a', '/git/labs/api/v4/a', '/-/health', '/git/lab/a', '/git/lab/api/v4/-/health']) {
      expect(await get(path)).toEqual({ error: '404 Not Found' });
    }
  });

  it('come from the Host header where none is configured, and from a proxy only where it is trusted', async () => {
    const routes = [openRoute({ method: 'GET', path: '/a' }, ({ baseUrl, ip }) => ok({ baseUrl, ip }))];
    const headers = { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'ci.example' };
    const direct = await serveRoutes(routes);
    const trusting = await serveRoutes(routes, { trustProxy: ['127.0.0.1'] });
    expect(await (await fetch(`${direct.url}/api/v4/a`, { headers })).json()).toEqual({
      baseUrl: direct.url,
      ip: '127.0.0.1',
    });
    expect(await (await fetch(`${trusting.url}/api/v4/a`, { headers })).json()).toEqual({
      baseUrl: 'https://ci.example',
      ip: '192.0.2.7',
    });
  });

  it('match the absolute form too', async () => {
    const { port } = await serveRoutes([openRoute({ method: 'GET' }, () => ok('found'))]);
    const connection = await rawConnection(port);
    connection.write('GET http://elsewhere.example/api/v4/echo HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await connection.until('"found"')).toContain('200 OK');
  });

  it('are 404 for an unknown path, a wrong method, and without the version; 410 for version 3', async () => {
    const { url } = await serveRoutes([openRoute()]);
    const ask = async (path: string, method = 'GET'): Promise<unknown> => {
      const response = await fetch(`${url}${path}`, { method });
      return [response.status, await response.json()];
    };
    const notFound = [404, { error: '404 Not Found' }];
    expect(await ask('/api/v4/nothing')).toEqual(notFound);
    expect(await ask('/api/v4/echo')).toEqual(notFound);
    expect(await ask('/api/v4/echo', 'PUT')).toEqual(notFound);
    expect(await ask('/api/v4/echo', 'PROPFIND')).toEqual(notFound);
    expect(await ask('/api/v4/echo', 'OPTIONS')).toEqual(notFound);
    expect(await ask('/echo', 'POST')).toEqual(notFound);
    expect(await ask('/api/v44/echo', 'POST')).toEqual(notFound);
    expect(await ask('/api/v4')).toEqual(notFound);
    expect(await ask('/')).toEqual(notFound);
    expect(await ask('/api/v3/projects')).toEqual([
      410,
      { error: 'API V3 is no longer supported. Use API V4 instead.' },
    ]);
  });

  it('take site routes with runs in the middle', async () => {
    const git = openRoute({ method: 'GET', path: '/*project/info/refs' }, ({ pathParams, query }) =>
      ok({ pathParams, query }),
    );
    const { url } = await serveRoutes([], { siteRoutes: [git] });
    expect(await (await fetch(`${url}/group/app.git/info/refs?service=git-upload-pack`)).json()).toEqual({
      pathParams: { project: 'group/app.git' },
      query: { service: 'git-upload-pack' },
    });
  });
});

describe('credentials', () => {
  it('are found whatever the case of the header, and in cookies', async () => {
    const { url } = await serveRoutes([openRoute({}, ({ credentials }) => ok(credentials))], {
      sessionCookieName: '_session',
    });
    const headers = { 'JOB-TOKEN': 'j', 'private-token': 'p', Cookie: 'a=b; _session=s%20x', 'x-csrf-token': 'c' };
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', headers });
    expect(await response.json()).toEqual({ jobToken: 'j', privateToken: 'p', sessionCookie: 's x', csrfToken: 'c' });
  });
});
