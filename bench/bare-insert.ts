import { Pool } from 'pg';

/** The rows of one pipeline as JSON, by table, in the order in which they may be inserted. */
interface Rows {
  readonly table: string;
  readonly json: string;
}

const TABLES: readonly { readonly name: string; readonly where: string }[] = [
  { name: 'pipelines', where: 'id = $1' },
  { name: 'pipeline_variables', where: 'pipeline_id = $1' },
  { name: 'stages', where: 'pipeline_id = $1' },
  { name: 'jobs', where: 'pipeline_id = $1' },
];

/**
 * The bare cost of a pipeline on this machine: one transaction that inserts the same rows once more (with new ids), by the
 * same driver on the same database, and nothing else.
 */
export class BareInsert {
  readonly #pool: Pool;
  readonly #rows: readonly Rows[];

  private constructor(pool: Pool, rows: readonly Rows[]) {
    this.#pool = pool;
    this.#rows = rows;
  }

  static async of(databaseUrl: string, pipeline: number): Promise<BareInsert> {
    const pool = new Pool({ connectionString: databaseUrl, max: 16 });
    const rows = await Promise.all(
      TABLES.map(async ({ name, where }) => {
        const result = await pool.query(
          `select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text as json from ${name} t where ${where}`,
          [pipeline],
        );
        return { table: name, json: String(result.rows[0].json) };
      }),
    );
    return new BareInsert(pool, rows);
  }

  async run(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      const [pipeline, ...parts] = this.#rows;
      const made = await client.query(
        `with numbered as materialized (
           select row || jsonb_build_object(
             'id', nextval('pipelines_id_seq'), 'iid', -nextval('pipelines_id_seq')) as row
           from jsonb_array_elements($1::jsonb) as r(row))
         insert into pipelines overriding system value
         select filled.* from numbered, lateral jsonb_populate_record(null::pipelines, numbered.row) as filled
         returning id`,
        [pipeline?.json],
      );
      const id = made.rows[0].id;
      for (const { table, json } of parts) {
        await client.query(
          `with numbered as materialized (
             select row || jsonb_build_object('id', nextval('${table}_id_seq'), 'pipeline_id', $2::bigint) as row
             from jsonb_array_elements($1::jsonb) as r(row))
           insert into ${table} overriding system value
           select filled.* from numbered, lateral jsonb_populate_record(null::${table}, numbered.row) as filled`,
          [json, id],
        );
      }
      await client.query('commit');
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
