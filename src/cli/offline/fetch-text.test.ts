import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchText } from './fetch-text.ts';

const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/a.yml`;
};

describe('an address that may be fetched', () => {
  it('gives its text and digest', async () => {
    const url = await serve((_request, response) => response.end('a: {script: x}\n'));
    expect(await fetchText(url)).toEqual({
      kind: 'text',
      text: 'a: {script: x}\n',
      sha256: 'l7suFS40+9l1rYw6rTWIMjXDflqeUhIcmyj9hqO6a7M=',
    });
  });

  it('or says why there is none', async () => {
    const missing = await serve((_request, response) => response.writeHead(404).end());
    expect(await fetchText(missing)).toMatchObject({ kind: 'failed', reason: { kind: 'status', status: 404 } });
    const endless = await serve((_request, response) => response.end('x'.repeat(3 * 1024 * 1024)));
    expect(await fetchText(endless)).toMatchObject({ kind: 'failed', reason: { kind: 'http' } });
    const dead = await serve((request) => request.socket.destroy());
    expect(await fetchText(dead)).toMatchObject({ kind: 'failed', reason: { kind: 'socket' } });
  });
});
