import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { rawConnection } from '../../test/support/raw-connection.ts';
import { openRoute, serveRoutes } from '../../test/support/serve-routes.ts';
import { noContent, ok, stream } from './reply.ts';
import type { ApiRequest } from './request.ts';

const REQUEST = 'POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
const PING = 'GET /api/v4/ping HTTP/1.1\r\nHost: x\r\n\r\n';
const ping = openRoute({ method: 'GET', path: '/ping' }, () => ok('pong'));

/** A moment that one side reaches and the other waits for. */
function moment<T>(): { readonly reached: Promise<T>; readonly reach: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { reached: promise, reach: resolve };
}

/** A long poll: it tells when it holds, and answers 204 when its signal fires. */
function longPoll() {
  const held = moment<ApiRequest>();
  const ended = moment<unknown>();
  const route = openRoute({}, async (request) => {
    held.reach(request);
    if (!request.signal.aborted) await once(request.signal, 'abort');
    ended.reach(request.signal.reason);
    return noContent();
  });
  return { route, held: held.reached, ended: ended.reached };
}

describe('a held request', () => {
  it('learns that its client has gone', async () => {
    const poll = longPoll();
    const { port, log } = await serveRoutes([poll.route]);
    const connection = await rawConnection(port);
    connection.write(REQUEST);
    const request = await poll.held;
    expect([request.signal.aborted, request.clientGone.aborted]).toEqual([false, false]);
    connection.destroy();
    expect(await poll.ended).toMatchObject({ name: 'RequestEnded', why: 'client-gone' });
    expect(request.clientGone.aborted).toBe(true);
    await expect.poll(() => log).toMatchObject([{ level: 'info', fields: { status: 499 } }]);
  });

  it('is not told so when it has been answered', async () => {
    const seen = moment<ApiRequest>();
    const { port } = await serveRoutes([
      openRoute({}, (request) => {
        seen.reach(request);
        return ok('done');
      }),
    ]);
    const connection = await rawConnection(port);
    connection.write(REQUEST.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    await connection.toEnd();
    expect((await seen.reached).signal.aborted).toBe(false);
  });

  it('that throws because of its signal is no fault', async () => {
    const held = moment<undefined>();
    const { port, log } = await serveRoutes([
      openRoute({}, async ({ signal }) => {
        held.reach(undefined);
        await once(new EventTarget(), 'never', { signal });
        return ok('never');
      }),
    ]);
    const connection = await rawConnection(port);
    connection.write(REQUEST);
    await held.reached;
    connection.destroy();
    await expect.poll(() => log).toMatchObject([{ level: 'info', fields: { status: 499 } }]);
  });

  it('has its stream destroyed when the client leaves', async () => {
    const source = new PassThrough();
    const { port } = await serveRoutes([openRoute({}, () => stream(200, source, {}))]);
    const connection = await rawConnection(port);
    connection.write(REQUEST);
    source.write('data');
    await connection.until('data');
    connection.destroy();
    await expect.poll(() => source.destroyed).toBe(true);
  });
});

describe('closing', () => {
  it('ends held requests, lets running ones finish, and takes no more', async () => {
    const poll = longPoll();
    const started = moment<ApiRequest>();
    const release = moment<undefined>();
    const slow = openRoute({ path: '/slow' }, async (request) => {
      started.reach(request);
      await release.reached;
      return ok(request.clientGone.aborted ? 'cut' : 'whole');
    });
    const { port, server } = await serveRoutes([poll.route, slow, ping]);
    const [held, running, idle] = [await rawConnection(port), await rawConnection(port), await rawConnection(port)];
    held.write(REQUEST);
    running.write(REQUEST.replace('/echo', '/slow'));
    idle.write(PING);
    await Promise.all([poll.held, started.reached, idle.until('pong')]);
    const closed = server.close(60_000);
    expect(await poll.ended).toMatchObject({ why: 'draining' });
    const answer = await held.toEnd();
    expect(answer).toMatch(/^HTTP\/1\.1 204 /u);
    expect(answer).toContain('\r\nConnection: close\r\n');
    await idle.toEnd();
    await expect(rawConnection(port)).rejects.toThrow('ECONNREFUSED');
    release.reach(undefined);
    expect(await running.toEnd()).toContain('"whole"');
    await closed;
  });

  it('answers 503 to what still comes over an open connection', async () => {
    const started = moment<ApiRequest>();
    const release = moment<undefined>();
    const slow = openRoute({}, async (request) => {
      started.reach(request);
      await release.reached;
      return ok('whole');
    });
    const { port, server } = await serveRoutes([slow, ping]);
    const late = await rawConnection(port);
    late.write('GET /api/v4/ping HTTP/1.1\r\nHost: x\r\n');
    const running = await rawConnection(port);
    running.write(REQUEST);
    await started.reached;
    const closed = server.close(60_000);
    late.write('\r\n');
    const answer = await late.toEnd();
    expect(answer).toMatch(/^HTTP\/1\.1 503 /u);
    expect(answer).toContain('{"message":"503 Service Unavailable"}');
    expect(answer).toContain('\r\nRetry-After: 1\r\n');
    release.reach(undefined);
    await closed;
  });

  it('turns a wait that throws at the signal into 503', async () => {
    const held = moment<undefined>();
    const { port, server } = await serveRoutes([
      openRoute({}, async ({ signal }) => {
        held.reach(undefined);
        await once(new EventTarget(), 'never', { signal });
        return ok('never');
      }),
    ]);
    const connection = await rawConnection(port);
    connection.write(REQUEST);
    await held.reached;
    const closed = server.close(60_000);
    expect(await connection.toEnd()).toMatch(/^HTTP\/1\.1 503 /u);
    await closed;
  });

  it('cuts what has not finished in time', async () => {
    const started = moment<ApiRequest>();
    const stuck = openRoute({}, async (request) => {
      started.reach(request);
      await once(request.clientGone, 'abort');
      return ok('never sent');
    });
    const { port, server } = await serveRoutes([stuck]);
    const connection = await rawConnection(port);
    connection.write(REQUEST);
    await started.reached;
    await server.close(20);
    expect(await connection.toEnd()).toBe('');
  });
});

describe('connections', () => {
  it('are kept longer than the runner’s 90 s of idleness', async () => {
    const { url } = await serveRoutes([ping]);
    const response = await fetch(`${url}/api/v4/ping`);
    const seconds = Number(/timeout=(\d+)/u.exec(response.headers.get('keep-alive') ?? '')?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(95);
  });

  it('take one request after the other', async () => {
    const { port } = await serveRoutes([ping, openRoute()]);
    const connection = await rawConnection(port);
    for (let round = 0; round < 3; round++) {
      connection.clear();
      connection.write(PING);
      await connection.until('"pong"');
      connection.clear();
      connection.write(REQUEST.replace('Length: 0\r\n', 'Length: 7\r\nContent-Type: application/json\r\n'));
      connection.write('{"a":1}');
      expect(await connection.until('{"a":1}')).toContain('201 Created');
    }
  });

  it('that send their headers too slowly are ended, while others are served', async () => {
    const { port } = await serveRoutes([ping], { timings: { headersMs: 50, checkMs: 20 } });
    const slow = await rawConnection(port);
    slow.write('GET /api/v4/ping HTTP/1.1\r\nHost: x\r\n');
    const other = await rawConnection(port);
    other.write(PING);
    await other.until('pong');
    expect(await slow.toEnd()).toMatch(/^HTTP\/1\.1 408 /u);
  });

  it('that are slow with a streamed body are not', async () => {
    const { port } = await serveRoutes(
      [
        openRoute({ body: 'stream' }, async ({ body }) => {
          const bytes: number[] = [];
          for await (const chunk of body.stream()) bytes.push(chunk.length);
          return ok(bytes.length);
        }),
      ],
      { timings: { headersMs: 30, checkMs: 10, bodyIdleMs: 10, lingerMs: 10 } },
    );
    const connection = await rawConnection(port);
    connection.write('POST /api/v4/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n');
    for (const byte of 'slow!') {
      await new Promise((resolve) => setTimeout(resolve, 30));
      connection.write(byte);
    }
    expect(await connection.until('\r\n\r\n5')).toMatch(/^HTTP\/1\.1 200 /u);
  });
});
