import { type Selectable, sql } from 'kysely';
import type { NamespaceId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import type { StoredVariable } from './project-variable.ts';
import type { VariableOwner } from './variable-owner.ts';

/** What the value is sealed for: it opens nowhere else. */
const PLACE = 'variables.value';

const COLUMNS = [
  'id',
  'key',
  'value_sealed',
  'variable_type',
  'protected',
  'masked',
  'hidden',
  'raw',
  'environment_scope',
  'description',
] as const;

type Row = Pick<Selectable<DB['variables']>, (typeof COLUMNS)[number]>;

const toStored = (vault: Vault, row: Row): StoredVariable => ({
  id: row.id,
  key: row.key,
  value: vault.open(row.value_sealed, PLACE),
  variableType: row.variable_type === 'file' ? 'file' : 'env_var',
  protected: row.protected,
  masked: row.masked,
  hidden: row.hidden,
  raw: row.raw,
  environmentScope: row.environment_scope,
  description: row.description,
});

/** The columns that say who owns a variable; the instance's are both null. */
const ownerColumns = (owner: VariableOwner) => ({
  project_id: owner.kind === 'project' ? owner.id : null,
  namespace_id: owner.kind === 'group' ? owner.id : null,
});

const selectOwned = (db: Db, owner: VariableOwner) => {
  const query = db.selectFrom('variables');
  if (owner.kind === 'project') return query.where('project_id', '=', owner.id);
  if (owner.kind === 'group') return query.where('namespace_id', '=', owner.id);
  return query.where('project_id', 'is', null).where('namespace_id', 'is', null);
};

/** All of an owner's, or one page of them, in the order of ids. */
export const listVariables = async (
  db: Db,
  vault: Vault,
  owner: VariableOwner,
  page?: { readonly limit: number; readonly offset: number },
): Promise<readonly StoredVariable[]> => {
  const query = selectOwned(db, owner).select(COLUMNS).orderBy('id');
  const rows = await (page === undefined ? query : query.limit(page.limit).offset(page.offset)).execute();
  return rows.map((row) => toStored(vault, row));
};

/** The instance's, then those of the namespace's ancestors from the root down, each list by itself. */
export const listInherited = async (
  db: Db,
  vault: Vault,
  namespaceId: NamespaceId,
): Promise<readonly (readonly StoredVariable[])[]> => {
  const { rows: ancestors } = await sql<{ id: number }>`
    with recursive chain (id, parent_id, depth) as (
      select id, parent_id, 0 from namespaces where id = ${namespaceId}
      union all
      select parent.id, parent.parent_id, chain.depth + 1 from namespaces parent join chain on parent.id = chain.parent_id
    )
    select id from chain order by depth desc`.execute(db);
  const rows = await db
    .selectFrom('variables')
    .select([...COLUMNS, 'namespace_id'])
    .where('project_id', 'is', null)
    .where((where) =>
      where.or([
        where('namespace_id', 'is', null),
        where('namespace_id', 'in', [namespaceId, ...ancestors.map(({ id }) => id)]),
      ]),
    )
    .orderBy('id')
    .execute();
  return [null, ...ancestors.map(({ id }) => id)].map((id) =>
    rows.filter((row) => row.namespace_id === id).map((row) => toStored(vault, row)),
  );
};

export const countVariables = async (db: Db, owner: VariableOwner): Promise<number> => {
  const row = await selectOwned(db, owner)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

/** All with that key (one per environment scope), in the order of ids. Keys tell upper from lower case. */
export const findVariables = async (
  db: Db,
  vault: Vault,
  owner: VariableOwner,
  key: string,
  environmentScope?: string,
): Promise<readonly StoredVariable[]> => {
  let query = selectOwned(db, owner).select(COLUMNS).where('key', '=', key).orderBy('id');
  if (environmentScope !== undefined) query = query.where('environment_scope', '=', environmentScope);
  const rows = await query.execute();
  return rows.map((row) => toStored(vault, row));
};

const columnsOf = (vault: Vault, variable: Omit<StoredVariable, 'id'>, now: Date) => ({
  key: variable.key,
  value_sealed: vault.seal(variable.value, PLACE),
  variable_type: variable.variableType,
  protected: variable.protected,
  masked: variable.masked,
  hidden: variable.hidden,
  raw: variable.raw,
  environment_scope: variable.environmentScope,
  description: variable.description,
  updated_at: now,
});

/** Undefined when the owner has this key with this environment scope. */
export const insertVariable = async (
  tx: Tx,
  vault: Vault,
  owner: VariableOwner,
  variable: Omit<StoredVariable, 'id'>,
  now: Date,
): Promise<StoredVariable | undefined> => {
  const row = await tx
    .insertInto('variables')
    .values({ ...ownerColumns(owner), created_at: now, ...columnsOf(vault, variable, now) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row === undefined ? undefined : { ...variable, id: row.id };
};

/** The row, locked until the transaction ends; undefined when it is gone. */
export const lockVariable = async (tx: Tx, vault: Vault, id: number): Promise<StoredVariable | undefined> => {
  const row = await tx.selectFrom('variables').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : toStored(vault, row);
};

/** False when another variable has this key and environment scope. */
export const updateVariable = async (
  tx: Tx,
  vault: Vault,
  owner: VariableOwner,
  variable: StoredVariable,
  now: Date,
): Promise<boolean> => {
  const taken = await selectOwned(tx, owner)
    .select('id')
    .where('key', '=', variable.key)
    .where('environment_scope', '=', variable.environmentScope)
    .where('id', '!=', variable.id)
    .executeTakeFirst();
  if (taken !== undefined) return false;
  await tx
    .updateTable('variables')
    .set(columnsOf(vault, variable, now))
    .where('id', '=', variable.id)
    .execute();
  return true;
};

export const deleteVariable = async (db: Db, id: number): Promise<void> => {
  await db.deleteFrom('variables').where('id', '=', id).execute();
};
