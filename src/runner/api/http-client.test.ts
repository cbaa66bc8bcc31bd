import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { apiBase, HttpClient, UnreachableError } from './http-client.ts';
import { askedWait, isRetriable, withRetries } from './retry.ts';

const servers: Server[] = [];
const clients: HttpClient[] = [];

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
};

const client = (url: string): HttpClient => {
  const made = new HttpClient(() => url, 'test');
  clients.push(made);
  return made;
};

afterEach(() => {
  for (const made of clients.splice(0)) made.close();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

describe('the address of the API', () => {
  it.each([
    ['http://host:80/', 'http://host:80/api/v4/'],
    ['http://host/gitlab//', 'http://host/gitlab/api/v4/'],
    ['https://host/ci', 'https://host/api/v4/'],
  ])('%s → %s', (url, base) => {
    expect(apiBase(url)).toBe(base);
  });

  it.each(['ftp://host', 'host', ''])('%j is none', (url) => {
    expect(() => apiBase(url)).toThrow();
  });
});

describe('a call', () => {
  it('repeats its body after 307, and keeps tokens from strangers', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(String(request.headers['job-token']));
      request.pipe(response);
    });
    const first = await serve((request, response) => {
      request.resume();
      response.writeHead(307, { Location: `${other}/there` }).end();
    });
    const headers = { 'JOB-TOKEN': 'secret' };
    const reply = await client(first).send({ method: 'POST', path: 'x', headers, body: Buffer.from('body') });
    expect(reply.body.toString()).toBe('body');
    expect(seen).toEqual(['undefined']);
  });

  it('does not turn a POST into a GET', async () => {
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(302, { Location: '/other' }).end();
    });
    expect((await client(url).send({ method: 'POST', path: 'x', body: Buffer.from('') })).status).toBe(302);
  });

  it('tells a refused connection from a broken one', async () => {
    const broken = await serve((request) => request.socket.destroy());
    const breaking = client(broken).send({ method: 'GET', path: 'x' });
    await expect(breaking).rejects.toMatchObject({ name: 'UnreachableError', isRefused: false });
    const closed = await serve(() => {});
    const server = servers.pop();
    server?.close();
    await expect(client(closed).send({ method: 'GET', path: 'x' })).rejects.toMatchObject({ isRefused: true });
  });

  it('ends with the reason of its signal', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const call = client(url).send({ method: 'GET', path: 'x', signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(call).rejects.toThrow('stopped');
  });

  it('gives an early refusal of an upload and not the broken connection', async () => {
    const url = await serve((_, response) => {
      response.writeHead(413, { Connection: 'close' }).end();
    });
    const body = (): Readable => Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536)));
    const reply = await client(url).send({ method: 'POST', path: 'x', body });
    expect(reply.status).toBe(413);
  });

  it('fails with the error of the file that it cannot read', async () => {
    const url = await serve((request) => request.resume());
    const body = (): Readable =>
      new Readable({
        read() {
          this.destroy(new Error('cannot read'));
        },
      });
    await expect(client(url).send({ method: 'POST', path: 'x', body })).rejects.toThrow(UnreachableError);
  });
});

describe('repeating', () => {
  it.each([
    [408, true],
    [429, true],
    [500, true],
    [501, false],
    [503, true],
    [507, false],
    [520, true],
    [404, false],
    [204, false],
  ])('%i: %s', (status, expected) => {
    expect(isRetriable(status)).toBe(expected);
  });

  it('stops after five attempts with the last answer', async () => {
    let attempts = 0;
    const url = await serve((_, response) => {
      attempts += 1;
      response.writeHead(503, { 'Retry-After': '0' }).end();
    });
    const reply = await withRetries(() => client(url).send({ method: 'GET', path: 'x' }));
    expect(reply.status).toBe(503);
    expect(attempts).toBe(5);
  });

  it('waits as long as the server asks: the reset time, then seconds', () => {
    const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
    const reset = 'Wed, 21 Oct 2026 07:28:05 GMT';
    expect(askedWait({ 'ratelimit-resettime': reset, 'retry-after': '9' }, now)).toBe(5000);
    expect(askedWait({ 'retry-after': '9' }, now)).toBe(9000);
    expect(askedWait({ 'retry-after': reset }, now)).toBeUndefined();
    expect(askedWait({ 'retry-after': '99999' }, now)).toBe(60_000);
  });
});
