import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allowing, get, textOf } from '../../../test/support/outbound.ts';
import { httpReceiver, httpsReceiver, type Receiver, rawReceiver } from '../../../test/support/receiver.ts';
import { TEST_CERTIFICATE } from '../../../test/support/test-certificate.ts';
import { guardedFetch, type OutboundPolicy } from './index.ts';

/** Long enough to connect to this machine; a test with it fails only if the limit does not work. */
const SHORT_MS = 60;

const answerOk = (_request: unknown, response: ServerResponse): void => {
  response.end('ok');
};

/** Until the connection is gone. Each piece waits for the one before, and lets others run. */
const writeForEver = (stream: Writable, piece: string): void => {
  stream.write(piece, (error) => {
    if (!error && !stream.destroyed) setImmediate(writeForEver, stream, piece);
  });
};

const expectFailure = async (
  receiver: Receiver,
  limits: Partial<OutboundPolicy['limits']>,
  expected: { readonly failure: string; readonly reason: RegExp; readonly status?: number },
): Promise<void> => {
  const result = await get(`http://${receiver.host}/`, allowing(receiver.host, { limits }));
  expect(result).toEqual({
    kind: 'failed',
    failure: expected.failure,
    reason: expect.stringMatching(expected.reason),
    status: expected.status,
  });
};

describe('receivers that are slow, broken or hostile', () => {
  test('nobody listens', async () => {
    const result = await get('http://127.0.0.1:1/secret?token=s', allowing('127.0.0.1:1'));
    expect(result).toEqual({
      kind: 'failed',
      failure: 'connection-refused',
      reason: '127.0.0.1:1 refused the connection',
      status: undefined,
    });
  });

  test('a name that does not resolve in time', async () => {
    const policy = allowing('', { resolve: () => new Promise(() => undefined), limits: { connectMs: SHORT_MS } });
    expect(await get('http://name.test/', policy)).toMatchObject({
      failure: 'timeout',
      reason: /name\.test could not/,
    });
  });

  test('a TLS handshake that never ends', async () => {
    const receiver = await rawReceiver(() => undefined);
    const policy = allowing(receiver.host, { limits: { connectMs: SHORT_MS } });
    const reason = `${receiver.host} could not be reached in time`;
    expect(await get(`https://${receiver.host}/`, policy)).toMatchObject({ failure: 'timeout', reason });
  });

  test('slow header', async () => {
    const receiver = await rawReceiver((socket) => void socket.write('HTTP/1.1 200 OK\r\n'));
    await expectFailure(receiver, { headersMs: SHORT_MS }, { failure: 'timeout', reason: /did not answer in time$/ });
  });

  test('slow body', async () => {
    const receiver = await httpReceiver((_request, response) => void response.write('a'));
    const expected = { failure: 'timeout', reason: /^The request took too long$/, status: 200 };
    await expectFailure(receiver, { totalMs: 4 * SHORT_MS }, expected);
  });

  test('endless header', async () => {
    const receiver = await rawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      writeForEver(socket, `X-A: ${'a'.repeat(1000)}\r\n`);
    });
    await expectFailure(receiver, {}, { failure: 'protocol', reason: /not HTTP \(HPE_HEADER_OVERFLOW\)$/ });
  });

  test('endless body', async () => {
    const receiver = await httpReceiver((_request, response) => writeForEver(response, 'a'.repeat(100)));
    await expectFailure(receiver, {}, { failure: 'too-large', reason: /longer than 1000 bytes$/, status: 200 });
  });

  test('a body that says beforehand that it is too long', async () => {
    const receiver = await rawReceiver(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n'),
    );
    await expectFailure(receiver, {}, { failure: 'too-large', reason: /longer than 1000 bytes$/, status: 200 });
  });

  test('a body that is long only when decompressed', async () => {
    const receiver = await httpReceiver((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('a'.repeat(100_000)));
    });
    await expectFailure(receiver, {}, { failure: 'too-large', reason: /longer than 1000 bytes$/, status: 200 });
  });

  test('a body of exactly the limit is taken', async () => {
    const receiver = await httpReceiver((_request, response) => void response.end('a'.repeat(1000)));
    const result = await textOf({ method: 'GET', url: `http://${receiver.host}/` }, allowing(receiver.host));
    expect(result).toHaveLength(1000);
  });

  test.each([
    ['is not compressed', 'gzip', 'plain text'],
    ['is compressed twice', 'gzip, gzip', 'x'],
    ['is in an unknown encoding', 'constructor', 'x'],
  ])('a body that %s though it says so', async (_what, encoding, body) => {
    const receiver = await httpReceiver((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': encoding }).end(body);
    });
    await expectFailure(receiver, {}, { failure: 'protocol', reason: /encoding|decompressed/, status: 200 });
  });

  test('reset instead of an answer', async () => {
    const receiver = await rawReceiver((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expectFailure(receiver, {}, { failure: 'connection', reason: /closed the connection \(ECONNRESET\)$/ });
  });

  test('reset in the body', async () => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', () => socket.resetAndDestroy());
      });
    });
    const result = await get(`http://${receiver.host}/`, allowing(receiver.host));
    // The reset may overtake the head.
    expect(result).toMatchObject({ kind: 'failed', failure: 'connection' });
  });

  test.each([
    ['shorter than its length', 'Content-Length: 10\r\n\r\nabc'],
    ['with a chunk without a size', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['in chunks without the last one', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('a body %s', async (_what, rest) => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    const expected = { failure: 'connection', reason: /closed the connection early/, status: 200 };
    await expectFailure(receiver, {}, expected);
  });

  test('more than its length: the rest is not the body', async () => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef'));
    });
    expect(await textOf({ method: 'GET', url: `http://${receiver.host}/` }, allowing(receiver.host))).toBe('abc');
  });

  test.each([
    ['something that is not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => void socket.end(bytes));
    });
    const result = await get(`http://${receiver.host}/`, allowing(receiver.host));
    expect(result).toMatchObject({ kind: 'failed', failure: 'protocol', reason: expect.stringMatching(/not HTTP/) });
  });

  test('another protocol than was asked for', async () => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n');
      });
    });
    await expectFailure(receiver, {}, { failure: 'protocol', reason: /switched to another protocol/, status: 101 });
  });

  test('the caller gives up, before and while it waits', async () => {
    const controller = new AbortController();
    const receiver = await httpReceiver(() => controller.abort());
    const request = { method: 'GET' as const, url: `http://${receiver.host}/`, signal: controller.signal };
    const given = { kind: 'failed', failure: 'aborted', reason: 'The request was given up' };
    expect(await guardedFetch(request, allowing(receiver.host))).toMatchObject(given);
    expect(await guardedFetch(request, allowing(receiver.host))).toMatchObject(given);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('TLS', () => {
  const trustTestCertificate = (): void => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, TEST_CERTIFICATE]);
    onTestFinished(() => setDefaultCACertificates(before));
  };
  const resolve = () => Promise.resolve(['127.0.0.1']);

  test('a certificate that nobody trusts', async () => {
    const receiver = await httpsReceiver(answerOk);
    const url = `https://${receiver.host}/`;
    expect(await get(url, allowing(receiver.host))).toMatchObject({
      failure: 'tls',
      reason: expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT/),
    });
    expect(receiver.requests).toHaveLength(0);
    expect(await get(url, allowing(receiver.host, { verifyTls: false }))).toMatchObject({ status: 200 });
  });

  test('a certificate is checked for the name or the address of the URL', async () => {
    trustTestCertificate();
    const receiver = await httpsReceiver(answerOk);
    const policy = allowing(receiver.host, { resolve });
    expect(await get(`https://tls.test:${receiver.port}/`, policy)).toMatchObject({ status: 200 });
    expect(await get(`https://${receiver.host}/`, policy)).toMatchObject({ status: 200 });
    expect(await get(`https://other.test:${receiver.port}/`, policy)).toMatchObject({
      failure: 'tls',
      reason: expect.stringMatching(/ERR_TLS_CERT_ALTNAME_INVALID/),
    });
    expect(receiver.requests.map(({ headers }) => headers.host)).toEqual([`tls.test:${receiver.port}`, receiver.host]);
  });

  test('a server without TLS', async () => {
    const receiver = await httpReceiver(answerOk);
    expect(await get(`https://${receiver.host}/`, allowing(receiver.host))).toMatchObject({ failure: 'tls' });
  });

  test.each(['closed', 'reset'])('a handshake that is %s', async (how) => {
    const receiver = await rawReceiver((socket) => {
      socket.once('data', () => (how === 'closed' ? socket.end() : socket.resetAndDestroy()));
    });
    const result = await get(`https://${receiver.host}/`, allowing(receiver.host));
    expect(result).toMatchObject({ kind: 'failed', failure: 'tls' });
  });
});
