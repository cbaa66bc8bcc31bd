import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { DeliveryLedger } from './delivery-ledger.ts';
import { httpReceiver, httpsReceiver, type Receiver } from './receiver.ts';

/** A receiver with bad manners that get better. */
export interface Animal {
  readonly name: string;
  readonly url: string;
  readonly ledger: DeliveryLedger;
}

/** What it does with its n-th request (from 1): answers it, and says whether it has taken it. */
type Manners = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

const answer = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): boolean => {
  response.writeHead(status, headers).end('thank you');
  return status >= 200 && status < 300;
};

/** Refuses each `every`-th request with a status. */
const refusing =
  (status: number, every: number, headers: Readonly<Record<string, string>> = {}): Manners =>
  (_request, response, count) =>
    count % every === 1 ? answer(response, status, headers) : answer(response, 200);

const MANNERS: Readonly<Record<string, Manners>> = {
  good: (_request, response) => answer(response, 204),
  'status 500': refusing(500, 5),
  'status 404': refusing(404, 7),
  'status 429': refusing(429, 9, { 'retry-after': '120' }),
  'status 503': refusing(503, 8, { 'retry-after': '600' }),
  'redirect 301': (request, response) =>
    request.url === '/' ? answer(response, 301, { location: '/there' }) : answer(response, 200),
  'slow header': (_request, response, count) => (count <= 2 ? false : answer(response, 200)),
  // The status has come: it is taken, whatever becomes of the body.
  'slow body': (_request, response, count) => {
    if (count > 2) return answer(response, 200);
    response.writeHead(200).write('and then');
    return true;
  },
  'endless body': (_request, response) => {
    response.writeHead(200);
    const block = 'x'.repeat(65_536);
    const pour = (): void => {
      while (!response.destroyed && response.write(block));
    };
    response.on('drain', pour);
    pour();
    return true;
  },
  reset: (request, response, count) => {
    if (count % 6 !== 1) return answer(response, 200);
    request.socket.resetAndDestroy();
    return false;
  },
  'wrong length': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('short', () => request.socket.destroy());
    return true;
  },
};

/** Every receiver of the zoo, each listening on 127.0.0.1 until the test has ended. */
export const openZoo = (): Promise<readonly Animal[]> =>
  Promise.all(Object.entries(MANNERS).map(([name, manners]) => animal(name, manners)));

const animal = async (name: string, manners: Manners): Promise<Animal> => {
  const ledger = new DeliveryLedger();
  const { host } = await httpReceiver(listening(ledger, manners));
  return { name, ledger, url: `http://${host}/` };
};

/** Answers when the body has come. */
const listening = (ledger: DeliveryLedger, manners: Manners) => {
  let count = 0;
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.resume().on('end', () => {
      count += 1;
      ledger.hear(request.headers, manners(request, response, count));
    });
  };
};

/** A good one with a certificate that nobody trusts. */
export const untrusted = async (): Promise<Animal & Pick<Receiver, 'requests'>> => {
  const ledger = new DeliveryLedger();
  const { host, requests } = await httpsReceiver(listening(ledger, MANNERS['good'] ?? (() => false)));
  return { name: 'TLS error', ledger, url: `https://${host}/`, requests };
};

/** A good one that does not listen until it is opened. */
export const closedAnimal = async (): Promise<Animal & { readonly open: () => Promise<void> }> => {
  const ledger = new DeliveryLedger();
  const server = createServer(listening(ledger, MANNERS['good'] ?? (() => false)));
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const port = await listen(0);
  await close();
  const open = async (): Promise<void> => {
    await listen(port);
    onTestFinished(close);
  };
  return { name: 'down for 26 hours', ledger, url: `http://127.0.0.1:${port}/`, open };
};
