import { type IncomingMessage, request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import { checkTarget, type TargetRules } from './check-target.ts';
import { asFailure, openConnection } from './open-connection.ts';
import { Failure, Refusal } from './outcome.ts';
import { readBody } from './read-body.ts';

export type OutboundMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Milliseconds, and bytes. */
export interface OutboundLimits {
  /** From the call to the last byte, redirects included. */
  readonly totalMs: number;
  /** Of each hop: the name, the connection and TLS. */
  readonly connectMs: number;
  /** Of each hop: sending the request and waiting for the head of the answer. */
  readonly headersMs: number;
  /** Of the answer's body, decompressed. */
  readonly maxBodyBytes: number;
}

export interface ExchangeRules extends TargetRules {
  readonly limits: OutboundLimits;
  /** False only where a user has said so: nobody knows then who answers. */
  readonly verifyTls: boolean;
}

export interface Hop {
  readonly method: OutboundMethod;
  readonly url: URL;
  /** Checked ones, in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: not read, since `wantsBody` said no. */
  readonly body: Buffer | undefined;
}

/**
 * One request to one address and its answer, on a connection of its own. Throws `Refusal`, `Failure` and the reason of
 * the signal.
 */
export const exchange = async (
  hop: Hop,
  rules: ExchangeRules,
  wantsBody: (answer: Answer) => boolean,
  outer: AbortSignal,
): Promise<Answer> => {
  const { url } = hop;
  const { limits } = rules;
  const stages = createStages(outer);
  let socket: Socket | undefined;
  let status: number | undefined;
  try {
    stages.enter(limits.connectMs, `${url.host} could not be reached in time`);
    const addresses = await orGivenUp(checkTarget(url, rules), stages.signal);
    socket = await openConnection({ url, addresses, verifyTls: rules.verifyTls }, stages.signal);
    stages.enter(limits.headersMs, `${url.host} did not answer in time`);
    const response = await send(socket, hop, stages.signal);
    stages.leave();
    status = response.statusCode ?? 0;
    const head: Answer = { status, headers: headersOf(response), body: undefined };
    if (!wantsBody(head)) return head;
    const body = hop.method === 'HEAD' ? Buffer.alloc(0) : await readBody(response, url.host, limits.maxBodyBytes);
    return { ...head, body };
  } catch (error) {
    // What breaks after the signal breaks because of it.
    throw stages.signal.aborted ? withStatus(stages.signal.reason, status) : explain(error, url, status);
  } finally {
    stages.leave();
    socket?.destroy();
  }
};

/** Limits of time that follow each other and give up one signal, which the outer one gives up too. */
const createStages = (outer: AbortSignal) => {
  const controller = new AbortController();
  const signal = AbortSignal.any([outer, controller.signal]);
  let timer: NodeJS.Timeout | undefined;
  const leave = (): void => clearTimeout(timer);
  return {
    signal,
    enter: (milliseconds: number, sentence: string): void => {
      leave();
      timer = setTimeout(() => controller.abort(new Failure('timeout', sentence)), milliseconds);
    },
    leave,
  };
};

/** Resolving a name cannot be stopped, only left alone. */
const orGivenUp = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });

const send = (socket: Socket, { method, url, headers, body }: Hop, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const length = body?.length ?? (method === 'GET' || method === 'HEAD' ? undefined : 0);
    const request = startRequest({
      // No agent: neither a pool of connections nor a proxy of the environment comes between the check and the socket.
      createConnection: () => socket,
      setHost: false,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...Object.fromEntries(headers),
        host: url.host,
        ...(length === undefined ? {} : { 'content-length': String(length) }),
      },
      maxHeaderSize: 16_384,
    });
    signal.addEventListener(
      'abort',
      () => {
        socket.destroy();
        reject(signal.reason);
      },
      { once: true },
    );
    request.once('response', resolve);
    // Nobody has asked for another protocol. Unheard, it would leave the request without an end.
    request.once('upgrade', ({ statusCode }) =>
      reject(new Failure('protocol', `${url.host} switched to another protocol`, statusCode)),
    );
    request.on('error', reject);
    request.end(body);
  });

const headersOf = (response: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

const withStatus = (reason: unknown, status: number | undefined): unknown =>
  reason instanceof Failure && status !== undefined ? new Failure(reason.failure, reason.message, status) : reason;

const explain = (error: unknown, url: URL, status: number | undefined): unknown =>
  error instanceof Refusal ? error : asFailure(error, url, status);
