import { sql } from 'kysely';
import { invalid, notFound } from '../../kit/errors.ts';
import type { NamespaceId } from '../../kit/ids.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { User } from '../accounts/index.ts';
import { type ChangeGroupDeps, takenErrors } from './create-group.ts';
import { type Group, isWithin } from './group.ts';
import { groupErrors } from './group-policy.ts';
import { limitVisibility, lockGroup, moveGroup, renewFullPaths } from './group-store.ts';
import { lockOwners, makeOwner } from './member-store.ts';

/** 400 with the sentence under `message`, as GitLab words a move that it refuses. */
export const transferRefused = (sentence: string) => invalid(`Transfer failed: ${sentence}`);

const isBelow = (group: Group, maybeAbove: Group): boolean =>
  `${group.fullPath}/`.toLowerCase().startsWith(`${maybeAbove.fullPath}/`.toLowerCase());

/** Why a group cannot go below that parent (undefined = to the top), whoever asks; GitLab's order and sentences. */
const ensurePossible = async (deps: ChangeGroupDeps, tx: Tx, group: Group, parent: Group | undefined) => {
  if (parent === undefined && group.parentId === null) throw transferRefused('Group is already a root group.');
  if (parent !== undefined && parent.id === group.parentId) {
    throw transferRefused('Group is already associated to the parent group.');
  }
  if (parent !== undefined && isBelow(parent, group))
    throw transferRefused('Cannot transfer group to one of its subgroup.');
  const taken = await takenErrors(deps, tx, group, parent, group);
  if (taken?.['path'] !== undefined) {
    throw transferRefused('The parent group already has a subgroup or a project with the same path.');
  }
  if (taken !== undefined) throw transferRefused('Validation failed: Name has already been taken');
  // Its visibility follows its new parent's: everything else must suit the new place already.
  const errors = groupErrors({ ...group, visibility: 'private' }, parent);
  const [first] = Object.entries(errors ?? {});
  if (first !== undefined) throw transferRefused(`Validation failed: ${first[0]} ${first[1].join(', ')}`);
};

/** A group that inherited its owners has none at the top (bots are none): whoever moved it becomes one. */
const ensureOwner = async (deps: ChangeGroupDeps, tx: Tx, group: Group, by: User, now: Date): Promise<void> => {
  const place = { kind: 'group', id: group.id } as const;
  if ((await lockOwners(tx, place, now)).length > 0) return;
  await makeOwner(deps.publish, tx, place, { userId: by.id, createdById: by.id }, now);
};

/** The group and its new parent until the transaction ends. */
const lockEnds = async (tx: Tx, id: NamespaceId, parentId: NamespaceId | undefined) => {
  // One transfer at a time: two that each go below the other would close a circle, however far apart their locks are.
  await sql`select pg_advisory_xact_lock(hashtextextended('penstock: transfer of a group', 0))`.execute(tx);
  const parent = parentId === undefined ? undefined : await lockGroup(tx, parentId);
  const group = await lockGroup(tx, id);
  if (group === undefined || (parentId !== undefined && parent === undefined)) throw notFound('Group');
  return { group, parent };
};

/**
 * Moves a group with everything in it below another, or to the top (no parent). The projects' old paths lead on; nothing
 * stays more open than the new parent. That the caller owns the group and may make subgroups of the parent is asked
 * before. Throws 400 with the sentence of GitLab's Groups::TransferService.
 */
export const transferGroup = (
  deps: ChangeGroupDeps,
  user: User,
  id: NamespaceId,
  parentId: NamespaceId | undefined,
): Promise<Group> =>
  deps.db.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const { group, parent } = await lockEnds(tx, id, parentId);
    await ensurePossible(deps, tx, group, parent);
    await moveGroup(tx, id, parent?.id ?? null, now);
    const ids = await renewFullPaths(tx, id, now);
    await deps.groupProjects.followPaths(tx, ids, now);
    if (parent === undefined) await ensureOwner(deps, tx, group, user, now);
    else if (!isWithin('public', parent.visibility)) {
      await limitVisibility(tx, ids, parent.visibility, now);
      await deps.groupProjects.limitVisibility(tx, ids, parent.visibility, now);
    }
    const moved = await lockGroup(tx, id);
    if (moved === undefined) throw notFound('Group');
    return moved;
  });
