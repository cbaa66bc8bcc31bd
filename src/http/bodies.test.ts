import { createHash, randomBytes } from 'node:crypto';
import { buffer, text as readText } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../test/support/raw-connection.ts';
import { openRoute, serveRoutes } from '../../test/support/serve-routes.ts';
import { unauthorized } from '../kit/errors.ts';
import { created, ok } from './reply.ts';

type RequestBodyInit = NonNullable<RequestInit['body']>;

const MB = 1024 * 1024;
const tooLarge = { message: '413 Request Entity Too Large' };

/** A body of `pieces` chunks, sent without a length. */
const chunked = (pieces: number, piece: Uint8Array): ReadableStream<Uint8Array> => {
  let left = pieces;
  return new ReadableStream({
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
};

describe('bodies that are read into parameters', () => {
  const payload = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes - 8) });
  const send = async (url: string, body: RequestBodyInit, path = '/echo') => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${url}/api/v4${path}`, { method: 'POST', body, headers, duplex: 'half' });
    return [response.status, await response.json()] as const;
  };

  it('may have 25 MiB and not one byte more', async () => {
    const { url } = await serveRoutes([
      openRoute({}, ({ rawParams }) => created(typeof rawParams['a'] === 'string' ? rawParams['a'].length : 0)),
    ]);
    expect(await send(url, payload(25 * MB))).toEqual([201, 25 * MB - 8]);
    expect(await send(url, payload(25 * MB + 1))).toEqual([413, tooLarge]);
  });

  it('have the limit of the server or of the route', async () => {
    const { url } = await serveRoutes([openRoute(), openRoute({ path: '/big', bodyLimit: 2000 })], { bodyLimit: 1000 });
    expect((await send(url, payload(1000)))[0]).toBe(201);
    expect(await send(url, payload(1001))).toEqual([413, tooLarge]);
    expect((await send(url, payload(1001), '/big'))[0]).toBe(201);
    expect(await send(url, payload(2001), '/big')).toEqual([413, tooLarge]);
  });

  it('have it too when they come in pieces, and as multipart', async () => {
    const { url } = await serveRoutes([openRoute()], { bodyLimit: 1000 });
    expect(await send(url, chunked(3, Buffer.from(' '.repeat(500))))).toEqual([413, tooLarge]);
    const form = new FormData();
    form.append('a', 'x'.repeat(1000));
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', body: form });
    expect(response.status).toBe(413);
  });

  it('must not pause for ever', async () => {
    const { port } = await serveRoutes([openRoute()], { timings: { bodyIdleMs: 30, lingerMs: 30 } });
    const connection = await rawConnection(port);
    const head =
      'POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
    connection.write(`${head}{"a":`);
    expect(await connection.toEnd()).toMatch(/^HTTP\/1\.1 408 [^]*\{"message":"408 Request Timeout"\}/u);
  });

  it('that break off start nothing and are no fault', async () => {
    let handled = 0;
    const { port, log } = await serveRoutes([
      openRoute({}, () => ok(++handled)),
      openRoute({ method: 'GET', path: '/ping' }, () => ok('pong')),
    ]);
    const broken = await rawConnection(port);
    broken.write(
      'POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
    );
    const other = await rawConnection(port);
    other.write('GET /api/v4/ping HTTP/1.1\r\nHost: x\r\n\r\n');
    await other.until('pong');
    broken.destroy();
    await expect.poll(() => log.map(({ fields }) => Reflect.get(fields, 'status'))).toContain(499);
    expect(handled).toBe(0);
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('bodies that are streamed', () => {
  it('reach the handler while they come', async () => {
    const { port } = await serveRoutes([
      openRoute({ body: 'stream' }, async ({ body }) => {
        const seen: string[] = [];
        for await (const chunk of body.stream()) {
          seen.push(String(chunk));
          connection.write(seen.length === 1 ? '6\r\nsecond\r\n' : '0\r\n\r\n');
        }
        return created(seen);
      }),
    ]);
    const connection = await rawConnection(port);
    connection.write('POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
    expect(await connection.until(']')).toContain('["first","second"]');
  });

  it('have no limit unless the route sets one, and are not held in memory', async () => {
    const piece = randomBytes(MB);
    const { url } = await serveRoutes([
      openRoute({ body: 'stream' }, async ({ body }) => {
        const digest = createHash('sha256');
        for await (const chunk of body.stream()) digest.update(String(chunk.length > 0 ? '' : chunk)).update(chunk);
        return created(digest.digest('hex'));
      }),
      openRoute({ path: '/limited', body: 'stream', bodyLimit: 3 * MB }, async ({ body }) =>
        created((await buffer(body.stream())).length),
      ),
    ]);
    const before = process.memoryUsage().rss;
    const post = (path: string, body: RequestBodyInit) =>
      fetch(`${url}/api/v4${path}`, { method: 'POST', body, duplex: 'half' });
    const response = await post('/echo', chunked(200, piece));
    const expected = createHash('sha256');
    for (let index = 0; index < 200; index++) expected.update(piece);
    expect(await response.json()).toBe(expected.digest('hex'));
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB);
    expect(await (await post('/limited', chunked(3, piece))).json()).toBe(3 * MB);
    expect((await post('/limited', chunked(4, piece))).status).toBe(413);
    expect((await post('/limited', Buffer.alloc(3 * MB + 1))).status).toBe(413);
  });

  it('leave query and path parameters, and nothing of the body', async () => {
    const { url } = await serveRoutes([
      openRoute({ path: '/jobs/:id/trace', method: 'PATCH', body: 'stream' }, async ({ body, rawParams, headers }) =>
        created([await readText(body.stream()), body.contentType, body.length, rawParams, headers['content-range']]),
      ),
    ]);
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Range': '0-2' };
    const response = await fetch(`${url}/api/v4/jobs/5/trace?debug=1`, { method: 'PATCH', body: 'log', headers });
    expect(await response.json()).toEqual(['log', 'text/plain', 3, { debug: '1', id: '5' }, '0-2']);
  });

  it('that are refused unread leave the connection usable', async () => {
    const { port } = await serveRoutes([
      openRoute({ body: 'stream' }, () => {
        throw unauthorized();
      }),
      openRoute({ path: '/half', body: 'stream' }, async ({ body }) => {
        for await (const chunk of body.stream()) return created(chunk.length > 0);
        return created(null);
      }),
      openRoute({ method: 'GET', path: '/ping' }, () => ok('pong')),
    ]);
    for (const path of ['echo', 'half']) {
      const connection = await rawConnection(port);
      connection.write(`POST /api/v4/${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n`);
      connection.write(Buffer.alloc(1_000_000));
      await connection.until(path === 'echo' ? '401 Unauthorized"' : 'true');
      connection.clear();
      connection.write(Buffer.alloc(2_000_000));
      connection.write('GET /api/v4/ping HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await connection.until('pong')).toMatch(/^HTTP\/1\.1 200 /u);
    }
  });

  it('that are refused and never end are cut off', async () => {
    const refuse = openRoute({ body: 'stream' }, () => {
      throw unauthorized();
    });
    const { port } = await serveRoutes([refuse], { timings: { lingerMs: 30 } });
    const connection = await rawConnection(port);
    connection.write('POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n');
    expect(await connection.toEnd()).toContain('401 Unauthorized"');
  });

  it('fail for the reader when the client leaves in the middle', async () => {
    let reached: (error: unknown) => void = () => undefined;
    const failure = new Promise<unknown>((resolve) => {
      reached = resolve;
    });
    const { port, log } = await serveRoutes([
      openRoute({ body: 'stream' }, async ({ body }) => {
        try {
          for await (const chunk of body.stream()) if (chunk.length > 0) connection.destroy();
        } catch (error) {
          reached(error);
          throw error;
        }
        return created('whole');
      }),
    ]);
    const connection = await rawConnection(port);
    connection.write('POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await failure).toMatchObject({ message: 'The client left before its request was complete' });
    await expect.poll(() => log.length).toBe(1);
    expect(log).toMatchObject([{ level: 'info', fields: { status: 499 } }]);
  });
});

describe('multipart bodies that are streamed', () => {
  const upload = openRoute({ body: 'stream' }, async ({ body }) => {
    const seen: unknown[] = [];
    for await (const part of body.files()) {
      const content = await buffer(part.stream);
      seen.push([part.field, part.filename, part.contentType, content.length, { ...body.fields() }]);
    }
    return created([...seen, body.fields()]);
  });

  it('give their files one by one, with the fields before them', async () => {
    const { url } = await serveRoutes([upload]);
    const form = new FormData();
    form.append('meta[kind]', 'zip');
    form.append('file', new Blob([Buffer.alloc(5 * MB)], { type: 'application/zip' }), 'artifacts.zip');
    form.append('late', 'x');
    form.append('second', new Blob(['abc']), '../b.txt');
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', body: form });
    expect(await response.json()).toEqual([
      ['file', 'artifacts.zip', 'application/zip', 5 * MB, { meta: { kind: 'zip' } }],
      ['second', 'b.txt', 'application/octet-stream', 3, { meta: { kind: 'zip' }, late: 'x' }],
      { meta: { kind: 'zip' }, late: 'x' },
    ]);
  });

  it('let go of files that nobody reads', async () => {
    const count = openRoute({ body: 'stream' }, async ({ body }) => {
      const names: string[] = [];
      for await (const part of body.files()) names.push(part.filename);
      return created(names);
    });
    const { url } = await serveRoutes([count]);
    const form = new FormData();
    for (const name of ['a', 'b']) form.append('f', new Blob([Buffer.alloc(2 * MB)]), name);
    const response = await fetch(`${url}/api/v4/echo`, { method: 'POST', body: form });
    expect(await response.json()).toEqual(['a', 'b']);
  });

  it('are refused when they are none, broken, or past the limit', async () => {
    const { url } = await serveRoutes([upload, { ...upload, path: '/small', bodyLimit: 1000 }]);
    const send = async (body: RequestBodyInit, type?: string, path = '/echo') => {
      const headers = type === undefined ? {} : { 'Content-Type': type };
      const response = await fetch(`${url}/api/v4${path}`, { method: 'POST', body, headers });
      return `${String(response.status)} ${await response.text()}`;
    };
    expect(await send('x', 'text/plain')).toBe('400 {"error":"file is invalid"}');
    expect(await send('x', 'multipart/form-data')).toBe('400 Bad Request');
    const cut = '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\ncut off';
    expect(await send(cut, 'multipart/form-data; boundary=b')).toBe('400 Bad Request');
    const form = new FormData();
    form.append('f', new Blob([Buffer.alloc(2000)]), 'f');
    expect(await send(form, undefined, '/small')).toBe(`413 ${JSON.stringify(tooLarge)}`);
    const fields = new FormData();
    fields.append('text', 'x'.repeat(MB + 1));
    expect(await send(fields)).toBe(`413 ${JSON.stringify(tooLarge)}`);
  });
});
