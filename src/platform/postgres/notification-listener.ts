import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { clientConfig, type DatabaseConfig } from './connection.ts';

/** Gets the payload of a notification, or undefined when some may have been missed. */
export type NotificationHandler = (payload: string | undefined) => void;

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5000;
/** A peer that vanished without a word (a pulled cable) is noticed by a question that stays unanswered. */
const HEARTBEAT_MS = 30_000;
const ANSWER_MS = 10_000;

/**
 * One connection that listens on any number of channels, opened with the first and kept open: when it breaks it is
 * opened again, and every handler is told that it may have missed something.
 */
export class NotificationListener {
  readonly #config: DatabaseConfig;
  readonly #onError: (error: Error) => void;
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  #client: Promise<Client> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  constructor(config: DatabaseConfig, onError: (error: Error) => void) {
    this.#config = config;
    this.#onError = onError;
  }

  /** Resolves when the server has taken the LISTEN, to a function that ends it. Rejects after `close`. */
  async listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>> {
    const handlers = this.#handlers.get(channel) ?? new Set<NotificationHandler>();
    this.#handlers.set(channel, handlers.add(handler));
    this.#client ??= this.#connect();
    const client = await this.#client;
    await client.query(`LISTEN ${escapeIdentifier(channel)}`).catch((error: unknown) => {
      // A connection that broke just now listens again to every channel when it is back.
      if (this.#closing.signal.aborted) throw error;
    });
    return () => this.#forget(channel, handler);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heartbeat);
    this.#handlers.clear();
    const client = await this.#client?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  async #forget(channel: string, handler: NotificationHandler): Promise<void> {
    const handlers = this.#handlers.get(channel);
    handlers?.delete(handler);
    if (handlers === undefined || handlers.size > 0 || this.#closing.signal.aborted) return;
    this.#handlers.delete(channel);
    const client = await this.#client;
    await client?.query(`UNLISTEN ${escapeIdentifier(channel)}`).catch(() => undefined);
  }

  /** Tries until it succeeds; rejects only when closed meanwhile. */
  async #connect(): Promise<Client> {
    let wait = FIRST_RETRY_MS;
    for (;;) {
      this.#closing.signal.throwIfAborted();
      const client = new Client({ ...clientConfig(this.#config), query_timeout: ANSWER_MS });
      client.on('error', (error) => this.#onError(error));
      try {
        await client.connect();
        for (const channel of this.#handlers.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
        this.#watch(client);
        return client;
      } catch (error) {
        await client.end().catch(() => undefined);
        this.#onError(error instanceof Error ? error : new Error(String(error)));
      }
      await sleep(wait, undefined, { signal: this.#closing.signal });
      wait = Math.min(wait * 2, MAX_RETRY_MS);
    }
  }

  #watch(client: Client): void {
    client.on('notification', ({ channel, payload }) => this.#tell(channel, payload ?? ''));
    client.once('end', () => void this.#reconnect());
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      client.query('SELECT 1').catch(() => client.end().catch(() => undefined));
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  async #reconnect(): Promise<void> {
    clearInterval(this.#heartbeat);
    if (this.#closing.signal.aborted) return;
    this.#client = this.#connect();
    try {
      await this.#client;
    } catch {
      return; // closed meanwhile
    }
    for (const channel of this.#handlers.keys()) this.#tell(channel, undefined);
  }

  #tell(channel: string, payload: string | undefined): void {
    for (const handler of this.#handlers.get(channel) ?? []) handler(payload);
  }
}
