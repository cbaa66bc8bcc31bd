import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { invalid, notFound } from '../../kit/errors.ts';
import { inspectHash } from '../../kit/ruby-hash.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import type { AttributeErrors } from './attribute-errors.ts';
import type { Group } from './group.ts';
import { groupErrors } from './group-policy.ts';
import { insertGroup, isNameTaken, isPathTaken, lockGroup, type NewGroup } from './group-store.ts';
import { insertMember } from './member-store.ts';
import type { GroupProjects } from './projects-question.ts';
import { ROLES } from './role.ts';

export interface ChangeGroupDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly groupProjects: GroupProjects;
}

const TAKEN = ['has already been taken'];

/** What is wrong with a name and a path because of those that others have in the same place. */
export const takenErrors = async (
  deps: ChangeGroupDeps,
  db: Db,
  wanted: { readonly name: string; readonly path: string },
  parent: Pick<Group, 'id' | 'fullPath'> | undefined,
  self?: Group,
): Promise<AttributeErrors | undefined> => {
  const fullPath = parent === undefined ? wanted.path : `${parent.fullPath}/${wanted.path}`;
  const path = (await isPathTaken(db, fullPath, self?.id)) || (await deps.groupProjects.hasPath(db, fullPath));
  // Only below another group are names unique.
  const name = parent !== undefined && (await isNameTaken(db, parent.id, wanted.name, self?.id));
  return path || name ? { ...(path && { path: TAKEN }), ...(name && { name: TAKEN }) } : undefined;
};

const failed = (errors: AttributeErrors) => invalid(`Failed to save group ${inspectHash(errors)}`);

const insertWhole = async (deps: ChangeGroupDeps, tx: Tx, user: User, group: NewGroup): Promise<Group> => {
  const now = deps.clock.now();
  const parent = group.parent === undefined ? undefined : await lockGroup(tx, group.parent.id);
  if (group.parent !== undefined && parent === undefined) throw notFound('Group');
  const errors = groupErrors(group, parent) ?? (await takenErrors(deps, tx, group, parent));
  if (errors !== undefined) throw failed(errors);
  const inserted = await insertGroup(tx, { ...group, parent }, now);
  if (inserted === undefined) throw failed({ path: TAKEN });
  await deps.publish(tx, [{ type: 'group_created', groupId: inserted.id }]);
  const owner = { userId: user.id, accessLevel: ROLES.owner, expiresAt: null, createdById: user.id };
  await insertMember(deps.publish, tx, { kind: 'group', id: inserted.id }, owner, now);
  return inserted;
};

/** Makes a group whose owner is the caller. Throws 400 with GitLab's sentence. Whether the caller may is asked before. */
export const createGroup = (deps: ChangeGroupDeps, user: User, group: NewGroup): Promise<Group> =>
  deps.db.transaction().execute((tx) => insertWhole(deps, tx, user, group));
