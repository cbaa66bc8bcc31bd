import { connect, isIP, isIPv4, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { portOf } from './check-target.ts';
import { Failure } from './outcome.ts';

export interface Destination {
  readonly url: URL;
  /** Checked ones. The name of the URL is never resolved again. */
  readonly addresses: readonly string[];
  readonly verifyTls: boolean;
}

/**
 * A connection to one of the checked addresses, with TLS where the URL wants it. Throws `Failure`; when the signal is
 * given up, the socket is destroyed and its reason thrown.
 */
export const openConnection = async (destination: Destination, signal: AbortSignal): Promise<Socket> => {
  const socket = await openTcp(destination, signal);
  if (destination.url.protocol !== 'https:') return socket;
  try {
    return await startTls(socket, destination, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

const openTcp = async ({ url, addresses }: Destination, signal: AbortSignal): Promise<Socket> => {
  const [only, ...others] = addresses;
  // With several addresses Node tries one after the other (happy eyeballs), all of them out of our list.
  const host = only !== undefined && others.length === 0 ? only : url.hostname;
  const socket = connect({ host, port: portOf(url), lookup: answerWith(addresses) });
  await untilEvent(socket, 'connect', signal, (error) => asFailure(error, url));
  const reached = socket.remoteAddress;
  if (reached === undefined || !addresses.includes(reached)) {
    socket.destroy();
    throw new Failure('connection', `${url.host} could not be reached`);
  }
  return socket;
};

const answerWith =
  (addresses: readonly string[]): LookupFunction =>
  (_name, options, answer) => {
    const found = addresses.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }));
    if (options.all === true) answer(null, found);
    else answer(null, found[0]?.address ?? '', found[0]?.family ?? 4);
  };

const startTls = async (socket: Socket, { url, verifyTls }: Destination, signal: AbortSignal): Promise<Socket> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = connectTls({
    socket,
    // Who the certificate must be for; a name is also sent to the server, an address must not be.
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: verifyTls,
    ALPNProtocols: ['http/1.1'],
  });
  await untilEvent(secure, 'secureConnect', signal, (error) => {
    const code = codeOf(error);
    return new Failure(
      'tls',
      `${url.host} could not be trusted or spoken to over TLS${code === '' ? '' : ` (${code})`}`,
    );
  });
  return secure;
};

const untilEvent = (
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  explain: (error: unknown) => Failure,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    // Stays for the whole life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', giveUp);
      reject(explain(error));
    });
    // A TLS handshake that the other side ends politely brings no error in every case.
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      reject(explain(undefined));
    });
    socket.once(event, () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });

/** What an error of the system or of Node's HTTP parser means for whoever asked. */
export const asFailure = (error: unknown, url: URL, status?: number): Failure => {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return new Failure('connection-refused', `${url.host} refused the connection`, status);
  if (code === 'ETIMEDOUT') return new Failure('timeout', `${url.host} did not answer in time`, status);
  if (code.startsWith('HPE_')) {
    return new Failure('protocol', `${url.host} answered something that is not HTTP (${code})`, status);
  }
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT') || code.startsWith('ERR_BROTLI')) {
    return new Failure('protocol', `${url.host} sent a body that cannot be decompressed`, status);
  }
  const what = status === undefined ? 'could not be reached or closed the connection' : 'closed the connection early';
  return new Failure('connection', `${url.host} ${what}${code === '' ? '' : ` (${code})`}`, status);
};

/** The code of an error, or of the first of several; empty: none. */
const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
};
