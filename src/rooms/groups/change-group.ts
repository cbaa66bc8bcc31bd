import { invalid, notFound } from '../../kit/errors.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { AttributeErrors } from './attribute-errors.ts';
import { type ChangeGroupDeps, takenErrors } from './create-group.ts';
import { endGroup } from './end-group.ts';
import type { Group } from './group.ts';
import { contentErrors, groupErrors } from './group-policy.ts';
import {
  findGroupById,
  findMostOpenSubgroup,
  type GroupChanges,
  lockGroup,
  renewFullPaths,
  updateGroup,
} from './group-store.ts';

/** From the top down, as everybody does who locks several: a group after the one above it. */
const lockBoth = async (
  tx: Tx,
  id: Group['id'],
): Promise<{ readonly group: Group; readonly parent: Group | undefined }> => {
  const parentId = (await findGroupById(tx, id))?.parentId ?? null;
  const parent = parentId === null ? undefined : await lockGroup(tx, parentId);
  const group = await lockGroup(tx, id);
  if (group === undefined) throw notFound('Group');
  return { group, parent };
};

const errorsOf = async (
  deps: ChangeGroupDeps,
  tx: Tx,
  before: Group,
  after: Group,
  parent: Group | undefined,
): Promise<AttributeErrors | undefined> => {
  const isRenamed = after.path !== before.path || after.name !== before.name;
  const own =
    groupErrors(after, parent) ?? (isRenamed ? await takenErrors(deps, tx, after, parent, before) : undefined);
  if (own !== undefined || after.visibility === before.visibility) return own;
  return contentErrors(after.visibility, {
    projects: await deps.groupProjects.findMostOpen(tx, [before.id]),
    subgroups: await findMostOpenSubgroup(tx, before.id),
  });
};

/** Whether one of the changes is one. */
const differs = (group: Group, changes: GroupChanges): boolean => {
  const before = new Map<string, unknown>(Object.entries(group));
  return Object.entries(changes).some(([name, value]) => value !== undefined && value !== before.get(name));
};

/**
 * Changes a group. A new path or name changes the full paths and names of everything below it in the same transaction;
 * the projects' old paths lead on. Throws 400 with attribute errors.
 */
export const changeGroup = (deps: ChangeGroupDeps, id: Group['id'], changes: GroupChanges): Promise<Group> =>
  deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const { group: before, parent } = await lockBoth(tx, id);
    const after: Group = { ...before, ...changes };
    const errors = await errorsOf(deps, tx, before, after, parent);
    if (errors !== undefined) throw invalid(errors);
    const isRenamed = after.path !== before.path;
    await updateGroup(tx, id, changes, now);
    if (after.path !== before.path || after.name !== before.name) {
      const ids = await renewFullPaths(tx, id, now);
      if (isRenamed) await deps.groupProjects.followPaths(tx, ids, now);
    }
    if (isRenamed) {
      const { path: oldPath, fullPath: oldFullPath } = before;
      await deps.publish(tx, [{ type: 'group_renamed', groupId: id, oldPath, oldFullPath }]);
    } else if (differs(before, changes)) {
      await deps.publish(tx, [{ type: 'group_updated', groupId: id }]);
    }
    return (await findGroupById(tx, id)) ?? after;
  });

/** Hides a group, all groups below it and all their projects at once, and frees their paths. The rows go later. */
export const deleteGroup = (deps: ChangeGroupDeps, id: Group['id']): Promise<void> =>
  deps.db.transaction().execute(async (tx) => {
    const { group } = await lockBoth(tx, id);
    await endGroup(deps, tx, group);
  });
