import { connect } from 'node:net';
import { delay } from '../delay.ts';

/** What git says when the server cannot be reached or goes away in the middle; not: refused, missing, wrong. */
const OUTAGE =
  /Failed to connect|Could not connect|Connection refused|Connection reset|Recv failure|Empty reply from server|early EOF|hung up unexpectedly|RPC failed|unexpected disconnect|The requested URL returned error: (429|50[0234])|Couldn't connect to server|transfer closed/i;

export const looksLikeOutage = (said: string): boolean => OUTAGE.test(said);

/** True when something accepts connections at that address. */
const isReachable = (url: URL): Promise<boolean> => {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: 5000 });
  socket.on('connect', () => resolve(true));
  socket.on('error', () => resolve(false));
  socket.on('timeout', () => resolve(false));
  return promise.finally(() => socket.destroy());
};

/** Looks twice a second until the server accepts connections, or the signal aborts. True when it did not at first. */
export const waitForServer = async (server: string, stop: AbortSignal): Promise<boolean> => {
  const url = new URL(server);
  let hasWaited = false;
  while (!stop.aborted && !(await isReachable(url))) {
    hasWaited = true;
    await delay(500, stop);
  }
  return hasWaited;
};
