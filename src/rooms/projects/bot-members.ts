import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import type { NamespaceId, ProjectId } from '../../kit/ids.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { TokenHome, User } from '../accounts/index.ts';
import { insertMember } from '../groups/index.ts';
import { isRole, type Role } from './role.ts';

/** The membership that gives an access token its role. It ends with the bot, not with the token's day. */
export const addBotMember = async (
  { clock, publish }: { readonly clock: Clock; readonly publish: Publish },
  tx: Tx,
  home: TokenHome,
  bot: User,
  { role, by }: { readonly role: Role; readonly by: User },
): Promise<void> => {
  const member = { userId: bot.id, accessLevel: role, expiresAt: null, createdById: by.id };
  const place =
    home.kind === 'project'
      ? ({ kind: 'project', id: home.id as ProjectId } as const)
      : ({ kind: 'group', id: home.id as NamespaceId } as const);
  await insertMember(publish, tx, place, member, clock.now());
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
