import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatch, Dispatcher } from './dispatcher.ts';
import { messageReply, replyTo } from './errors.ts';
import type { HttpLog } from './http-log.ts';
import type { Incoming } from './incoming.ts';
import type { ApiReply, ReplyHeaders } from './reply.ts';
import { RequestEnded } from './request.ts';
import { renderReply, writeReply } from './write-reply.ts';

/** What the framework knows about a request beyond Node's own message. */
export type RequestFacts = Omit<Incoming, 'raw' | 'method' | 'signal' | 'clientGone'>;

export interface ExchangeContext {
  readonly dispatcher: Dispatcher;
  readonly log: HttpLog;
  readonly isDraining: () => boolean;
  /** Milliseconds. An answered request whose body still flows in is cut off after this time. */
  readonly lingerMs: number;
}

/** nginx's word for a client that left before its answer; only in the log. */
const CLIENT_GONE = 499;

/** One request and its answer, from the first header to the last byte. */
export class Exchange {
  private readonly raw: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly context: ExchangeContext;
  private readonly ended = new AbortController();
  private readonly gone = new AbortController();
  private readonly startedAt = performance.now();

  constructor(raw: IncomingMessage, response: ServerResponse, context: ExchangeContext) {
    this.raw = raw;
    this.response = response;
    this.context = context;
    response.once('close', () => this.closed());
  }

  /** Tells the handler that the server wants the answer soon. */
  drain(): void {
    this.ended.abort(new RequestEnded('draining'));
  }

  /** Answers the request. Never rejects. */
  async run(facts: RequestFacts): Promise<void> {
    const method = this.raw.method ?? '';
    const incoming: Incoming = {
      ...facts,
      raw: this.raw,
      method,
      signal: this.ended.signal,
      clientGone: this.gone.signal,
    };
    if (this.context.isDraining()) this.drain();
    const { reply, route } = await this.decide(incoming);
    const status = await this.send(incoming, reply);
    const path = facts.target.split(/[?#]/u, 1)[0];
    const duration = Math.round((performance.now() - this.startedAt) * 1000) / 1000;
    const fields = { request_id: facts.requestId, method, path, route, status, duration_ms: duration, ip: facts.ip };
    this.context.log.info(fields, 'request');
  }

  private async decide(incoming: Incoming): Promise<{ readonly reply: ApiReply; readonly route: string | undefined }> {
    let found: Dispatch | undefined;
    const reply = await this.attempt(incoming, async () => {
      if (this.context.isDraining()) return messageReply(503, '503 Service Unavailable', { 'Retry-After': 1 });
      found = this.context.dispatcher.dispatch(incoming);
      return found.kind === 'reply' ? found.reply : await this.context.dispatcher.answer(incoming, found);
    });
    return { reply, route: found?.kind === 'route' ? found.match.route.path : undefined };
  }

  private async attempt(incoming: Incoming, work: () => Promise<ApiReply>): Promise<ApiReply> {
    try {
      return await work();
    } catch (thrown) {
      return replyTo(thrown) ?? this.fault(incoming, thrown);
    }
  }

  /** Something that is no refusal. A client that left, and a wait that the drain ended, are no faults. */
  private fault(incoming: Incoming, thrown: unknown): ApiReply {
    if (this.clientLeft()) return messageReply(CLIENT_GONE, 'Client Closed Request');
    const ended = incoming.signal.aborted && (thrown === incoming.signal.reason || isAbort(thrown));
    if (ended) return messageReply(503, '503 Service Unavailable', { 'Retry-After': 1 });
    const { requestId, method, target } = incoming;
    const path = target.split(/[?#]/u, 1)[0];
    this.context.log.error({ err: thrown, request_id: requestId, method, path }, 'request failed');
    return messageReply(500, '500 Internal Server Error');
  }

  private async send(incoming: Incoming, reply: ApiReply): Promise<number> {
    if (this.clientLeft()) {
      if (reply.body.kind === 'stream') reply.body.stream.destroy();
      return CLIENT_GONE;
    }
    try {
      const rendered = renderReply(reply, this.raw.method, this.raw.headers['if-none-match']);
      await writeReply(this.raw, this.response, rendered, this.commonHeaders(incoming));
      this.linger();
      return rendered.status;
    } catch (thrown) {
      return this.sendFailed(incoming, reply, thrown);
    }
  }

  private sendFailed(incoming: Incoming, reply: ApiReply, thrown: unknown): number {
    if (reply.body.kind === 'stream') reply.body.stream.destroy();
    if (isHangUp(thrown)) return CLIENT_GONE;
    const { requestId, method } = incoming;
    this.context.log.error({ err: thrown, request_id: requestId, method }, 'answer failed');
    if (this.response.headersSent) this.response.destroy();
    else {
      const body = JSON.stringify({ message: '500 Internal Server Error' });
      this.response.writeHead(500, { 'Content-Type': 'application/json', 'X-Request-Id': requestId }).end(body);
    }
    return 500;
  }

  private commonHeaders(incoming: Incoming): ReplyHeaders {
    const seconds = (performance.now() - this.startedAt) / 1000;
    return {
      'X-Request-Id': incoming.requestId,
      'X-Runtime': seconds.toFixed(6),
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'SAMEORIGIN',
      'Cache-Control': 'no-cache',
      Vary: 'Origin',
      ...this.context.dispatcher.originHeaders(incoming),
      ...(this.context.isDraining() ? { Connection: 'close' } : {}),
    };
  }

  /** A body nobody read must flow away, or the connection's next request is never seen; but not for ever. */
  private linger(): void {
    if (this.raw.complete) {
      this.raw.resume();
      return;
    }
    this.raw.on('error', () => undefined).resume();
    const cut = setTimeout(() => this.raw.socket.destroy(), this.context.lingerMs);
    cut.unref();
    this.raw.once('close', () => clearTimeout(cut)).once('end', () => clearTimeout(cut));
  }

  private clientLeft(): boolean {
    return this.gone.signal.aborted || (this.raw.destroyed && !this.raw.complete) || this.response.destroyed;
  }

  private closed(): void {
    if (this.response.writableFinished) return;
    const reason = new RequestEnded('client-gone');
    this.gone.abort(reason);
    this.ended.abort(reason);
  }
}

/** What writing to a client that has left ends in. (A stream of ours that breaks closes the response too, but with its own error.) */
const HANG_UPS = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE']);
const isHangUp = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && HANG_UPS.has(thrown.code);

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';
