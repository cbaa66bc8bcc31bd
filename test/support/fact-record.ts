import { sql } from 'kysely';
import type { Fact, FactOf, Subscriber } from '../../src/events/index.ts';
import type { Db } from '../../src/platform/postgres/index.ts';

/**
 * Keeps every published fact in a table, written in the fact's own transaction: what was undone was never published. Give
 * `subscriber` to `startTestApp`, then `open` the record.
 */
export class FactRecord {
  #db: Db | undefined;

  readonly subscriber: Subscriber = async (tx, facts) => {
    if (this.#db === undefined) return;
    const texts = facts.map((fact) => JSON.stringify(fact));
    await sql`insert into recorded_facts (fact) select unnest(${texts}::text[])::jsonb`.execute(tx);
  };

  async open(db: Db): Promise<void> {
    await sql`create table recorded_facts (id bigint generated always as identity, fact jsonb not null)`.execute(db);
    this.#db = db;
  }

  /** What was published since the last call, in order. */
  async take(): Promise<readonly Fact[]> {
    if (this.#db === undefined) throw new Error('the record was never opened');
    const { rows } = await sql<{ readonly id: number; readonly fact: Fact }>`
      with taken as (delete from recorded_facts returning id, fact) select id, fact from taken order by id`.execute(
      this.#db,
    );
    return rows.map((row) => row.fact);
  }

  /** The same, of some types only. */
  async takeOf<Type extends Fact['type']>(...types: readonly Type[]): Promise<readonly FactOf<Type>[]> {
    const wanted = new Set<string>(types);
    return (await this.take()).filter((fact): fact is FactOf<Type> => wanted.has(fact.type));
  }
}
