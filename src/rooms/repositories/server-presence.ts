import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/** Which of the servers on this database are alive. */
export interface ServerPresence {
  /** This server: new with each start. */
  readonly id: string;
  readonly isAlive: (id: string) => Promise<boolean>;
}

const KEY = `hashtextextended('penstock server:' || $1, 0)`;
const RETRY_MS = 500;

/**
 * Says that this server is alive for as long as it is: an advisory lock on a connection of its own, which ends with the
 * process. When the connection breaks the lock is taken again on another one.
 */
export class AdvisoryLockPresence implements ServerPresence {
  readonly id = randomUUID();
  readonly #pool: Pool;
  #client: PoolClient | undefined;
  #closed = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async open(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query(`select pg_advisory_lock(${KEY})`, [this.id]);
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.once('end', () => this.#reopen());
    this.#client = client;
  }

  async isAlive(id: string): Promise<boolean> {
    if (id === this.id) return true;
    // Taken and given back in one statement: whoever holds it is alive.
    const { rows } = await this.#pool.query<{ free: boolean }>(
      `select case when pg_try_advisory_lock_shared(${KEY}) then pg_advisory_unlock_shared(${KEY}) else false end as free`,
      [id],
    );
    return rows[0]?.free !== true;
  }

  /** Ends the lock with its connection. */
  close(): void {
    this.#closed = true;
    this.#client?.release(true);
    this.#client = undefined;
  }

  #reopen(): void {
    if (this.#closed) return;
    this.#client?.release(true);
    this.#client = undefined;
    const again = (): void => {
      if (!this.#closed) this.open().catch(() => setTimeout(again, RETRY_MS).unref());
    };
    setTimeout(again, RETRY_MS).unref();
  }
}
