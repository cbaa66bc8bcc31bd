import { sql } from 'kysely';
import type { MemberFactPlace } from '../../events/index.ts';
import { notFound } from '../../kit/errors.ts';
import type { Tx } from '../../platform/postgres/index.ts';

const PLACES = {
  group: { table: sql.table('namespaces'), name: 'Group' },
  project: { table: sql.table('projects'), name: 'Project' },
} as const;

/**
 * Keeps a place from being deleted until the transaction ends, so that nobody becomes a member of what its end has been
 * told of. Take it before rows of the place, as the deletion does. Throws 404 when it is gone.
 */
export const holdPlace = async (tx: Tx, { kind, id }: MemberFactPlace): Promise<void> => {
  const { table, name } = PLACES[kind];
  const { rows } = await sql`select id from ${table} where id = ${id} and deleted_at is null for share`.execute(tx);
  if (rows.length === 0) throw notFound(name);
};
