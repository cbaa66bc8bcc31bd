import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { TokenHome, User } from '../accounts/index.ts';
import { isRole, type Role } from './role.ts';

/** The membership that gives an access token its role. It ends with the bot, not with the token's day. */
export const addBotMember = async (
  tx: Tx,
  home: TokenHome,
  bot: User,
  membership: { readonly role: Role; readonly by: User; readonly now: Date },
): Promise<void> => {
  const row = {
    user_id: bot.id,
    access_level: membership.role,
    created_by_id: membership.by.id,
    created_at: membership.now,
  };
  if (home.kind === 'project') {
    await tx
      .insertInto('project_members')
      .values({ ...row, project_id: home.id })
      .execute();
  } else {
    await tx
      .insertInto('group_members')
      .values({ ...row, namespace_id: home.id })
      .execute();
  }
};

const readBotRows = (db: Db, home: TokenHome, userIds: readonly number[]) =>
  home.kind === 'project'
    ? db
        .selectFrom('project_members')
        .select(['user_id', 'access_level'])
        .where('project_id', '=', home.id)
        .where('user_id', 'in', userIds)
        .execute()
    : db
        .selectFrom('group_members')
        .select(['user_id', 'access_level'])
        .where('namespace_id', '=', home.id)
        .where('user_id', 'in', userIds)
        .execute();

/** The roles of bots there. Absent: no member any more. */
export const findBotRoles = async (
  db: Db,
  home: TokenHome,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Role>> => {
  if (userIds.length === 0) return new Map();
  const rows = await readBotRows(db, home, userIds);
  return new Map(rows.flatMap((row) => (isRole(row.access_level) ? [[row.user_id, row.access_level]] : [])));
};
