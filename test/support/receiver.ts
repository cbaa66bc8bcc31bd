import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from './test-certificate.ts';

/** A server on 127.0.0.1 that a test sends requests to. Gone when the test has ended. */
export interface Receiver {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** What arrived, bodies not read. Empty for a raw receiver. */
  readonly requests: readonly IncomingMessage[];
  /** How many connections were made. */
  readonly connections: () => number;
}

export const httpReceiver = (answer: RequestListener): Promise<Receiver> => withRequests(createServer(), answer);

/** With the certificate of test-certificate.ts. */
export const httpsReceiver = (answer: RequestListener): Promise<Receiver> =>
  withRequests(createHttpsServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }), answer);

/** Answers each connection by hand, below HTTP: what a broken or hostile server does. */
export const rawReceiver = (answer: (socket: Socket) => void): Promise<Receiver> => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  return listen(server, []);
};

const withRequests = (server: HttpServer, answer: RequestListener): Promise<Receiver> => {
  const requests: IncomingMessage[] = [];
  server.on('request', (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  return listen(server, requests);
};

const listen = async (server: Server, requests: readonly IncomingMessage[]): Promise<Receiver> => {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, host: `127.0.0.1:${address.port}`, requests, connections: () => connections };
};
