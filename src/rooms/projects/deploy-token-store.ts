import { type Selectable, sql } from 'kysely';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { DB, Db, Tx } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { CI_DEPLOY_TOKEN_NAME, DEPLOY_TOKEN_SCOPES, type DeployToken } from './deploy-token.ts';
import type { Project } from './project.ts';

/** What a token's value is sealed for: it opens nowhere else. */
const PLACE = 'deploy_tokens.token';

/** Where a deploy token belongs. */
export type DeployTokenHome = { readonly projectId: ProjectId } | { readonly namespaceId: NamespaceId };

const COLUMNS = [
  'deploy_tokens.id',
  'deploy_tokens.project_id',
  'deploy_tokens.namespace_id',
  'deploy_tokens.name',
  'deploy_tokens.username',
  'deploy_tokens.scopes',
  'deploy_tokens.revoked',
  'deploy_tokens.expires_at',
] as const;

type Row = Pick<
  Selectable<DB['deploy_tokens']>,
  'id' | 'project_id' | 'namespace_id' | 'name' | 'username' | 'scopes' | 'revoked' | 'expires_at'
>;

const toDeployToken = (row: Row): DeployToken => ({
  id: row.id,
  projectId: row.project_id as ProjectId | null,
  namespaceId: row.namespace_id as NamespaceId | null,
  name: row.name,
  username: row.username ?? `gitlab+deploy-token-${row.id}`,
  scopes: DEPLOY_TOKEN_SCOPES.filter((scope) => row.scopes.includes(scope)),
  revoked: row.revoked,
  expiresAt: row.expires_at,
});

export interface DeployTokenFilter {
  /** Undefined: of the whole instance. */
  readonly home?: DeployTokenHome | undefined;
  /** True: only those that still count. */
  readonly active?: boolean | undefined;
}

const filtered = (db: Db, filter: DeployTokenFilter, now: Date) => {
  let query = db.selectFrom('deploy_tokens');
  const { home } = filter;
  if (home !== undefined && 'projectId' in home) query = query.where('project_id', '=', home.projectId);
  if (home !== undefined && 'namespaceId' in home) query = query.where('namespace_id', '=', home.namespaceId);
  if (filter.active === true) {
    query = query.where(sql<boolean>`not revoked and (expires_at is null or expires_at > ${now})`);
  }
  return query;
};

export const listDeployTokens = async (
  db: Db,
  filter: DeployTokenFilter,
  page: { readonly limit: number; readonly offset: number },
  now: Date,
): Promise<readonly DeployToken[]> => {
  const rows = await filtered(db, filter, now)
    .select(COLUMNS)
    .orderBy('id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows.map(toDeployToken);
};

export const countDeployTokens = async (db: Db, filter: DeployTokenFilter, now: Date): Promise<number> => {
  const row = await filtered(db, filter, now)
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
};

export const findDeployToken = async (
  db: Db,
  home: DeployTokenHome,
  id: number,
  now: Date,
): Promise<DeployToken | undefined> => {
  const row = await filtered(db, { home }, now).select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toDeployToken(row);
};

export const findDeployTokenByDigest = async (db: Db, digest: Buffer): Promise<DeployToken | undefined> => {
  const row = await db
    .selectFrom('deploy_tokens')
    .select(COLUMNS)
    .where('token_digest', '=', digest)
    .executeTakeFirst();
  return row === undefined ? undefined : toDeployToken(row);
};

export interface NewDeployToken {
  readonly home: DeployTokenHome;
  readonly creatorId: UserId;
  readonly name: string;
  readonly username: string | null;
  readonly scopes: DeployToken['scopes'];
  readonly expiresAt: Date | null;
  readonly token: string;
  readonly digest: Buffer;
}

/** The value is kept (sealed) only where jobs are given it. */
export const insertDeployToken = async (
  tx: Tx,
  vault: Vault,
  token: NewDeployToken,
  now: Date,
): Promise<DeployToken> => {
  const { home } = token;
  const row = await tx
    .insertInto('deploy_tokens')
    .values({
      project_id: 'projectId' in home ? home.projectId : null,
      namespace_id: 'namespaceId' in home ? home.namespaceId : null,
      creator_id: token.creatorId,
      name: token.name,
      username: token.username,
      token_digest: token.digest,
      token_sealed: token.name === CI_DEPLOY_TOKEN_NAME ? vault.seal(token.token, PLACE) : null,
      scopes: [...token.scopes],
      expires_at: token.expiresAt,
      created_at: now,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return toDeployToken(row);
};

/** False when there is none of that number there. */
export const deleteDeployToken = async (db: Db, home: DeployTokenHome, id: number): Promise<boolean> => {
  let query = db.deleteFrom('deploy_tokens').where('id', '=', id);
  if ('projectId' in home) query = query.where('project_id', '=', home.projectId);
  if ('namespaceId' in home) query = query.where('namespace_id', '=', home.namespaceId);
  const result = await query.executeTakeFirst();
  return result.numDeletedRows === 1n;
};

/** Whether a token's project or group is this project, or has it below it. */
export const deployTokenReaches = async (db: Db, token: DeployToken, projectId: ProjectId): Promise<boolean> => {
  if (token.namespaceId === null) return token.projectId === projectId;
  const { rows } = await sql`
    with recursive chain (id, parent_id) as (
      select namespaces.id, namespaces.parent_id from projects join namespaces on namespaces.id = projects.namespace_id
      where projects.id = ${projectId}
      union all
      select parent.id, parent.parent_id from namespaces parent join chain on parent.id = chain.parent_id
    ) select 1 from chain where id = ${token.namespaceId}`.execute(db);
  return rows.length > 0;
};

/**
 * The token that the jobs of a project are given, with its value: an active one of the name `gitlab-deploy-token` of its
 * own, else of the group that it is directly in.
 */
export const findCiDeployToken = async (
  db: Db,
  vault: Vault,
  project: Pick<Project, 'id' | 'namespace'>,
  now: Date,
): Promise<{ readonly username: string; readonly token: string } | undefined> => {
  const row = await filtered(db, { active: true }, now)
    .select([...COLUMNS, 'deploy_tokens.token_sealed'])
    .where('name', '=', CI_DEPLOY_TOKEN_NAME)
    .where((where) =>
      where.or([where('project_id', '=', project.id), where('namespace_id', '=', project.namespace.id)]),
    )
    .orderBy(sql`project_id is null`)
    .orderBy('id')
    .executeTakeFirst();
  if (row === undefined || row.token_sealed === null) return undefined;
  return { username: toDeployToken(row).username, token: vault.open(row.token_sealed, PLACE) };
};
