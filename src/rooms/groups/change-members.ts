import type { Publish } from '../../events/index.ts';
import type { Clock } from '../../kit/clock.ts';
import { conflict, forbidden, invalid, notFound, recordNotFound } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { dayOf, findUserById, findUserByUsername, type User, type UserConsequences } from '../accounts/index.ts';
import type { Member, MemberPlace, MemberReach } from './member.ts';
import {
  deleteMember,
  deleteMembersBelow,
  findInherited,
  findMember,
  insertMember,
  lockOwners,
  type NewMember,
  updateMember,
} from './member-store.ts';
import { isRole, ROLE_NAMES, ROLES, type Role } from './role.ts';

export interface MemberDeps extends Pick<UserConsequences, 'onRightsLost'> {
  readonly db: Db;
  readonly clock: Clock;
  readonly publish: Publish;
}

/** Who changes the members of what, and as what. */
export interface Changer {
  readonly user: User;
  readonly place: MemberPlace;
  /** Effective. */
  readonly role: Role | undefined;
}

export interface MembershipWish {
  readonly accessLevel: number;
  /** `YYYY-MM-DD`, null for ever; undefined: as it is. */
  readonly expiresAt?: string | null | undefined;
}

const isGrantable = (level: number): level is Role => isRole(level) && level !== ROLES.minimal;

const checkWish = (wish: MembershipWish, now: Date): Role => {
  if (!isGrantable(wish.accessLevel)) throw invalid({ access_level: ['is not included in the list'] });
  if (typeof wish.expiresAt === 'string' && wish.expiresAt <= dayOf(now)) {
    throw invalid({ expires_at: ['cannot be a date in the past'] });
  }
  return wish.accessLevel;
};

/** Nobody gives, changes or takes a role above their own. */
const refuseAbove = (changer: Changer, level: Role): void => {
  if (changer.role === undefined || level > changer.role) throw forbidden();
};

/** What somebody has from a group above cannot be made less below it. */
const refuseBelowInherited = async (
  deps: MemberDeps,
  place: MemberPlace,
  user: User,
  level: Role,
  now: Date,
): Promise<void> => {
  const inherited = await findInherited(deps.db, place, user.id, now);
  if (inherited === undefined || level >= inherited.accessLevel) return;
  const { accessLevel, groupName } = inherited;
  throw invalid({
    access_level: [
      `should be greater than or equal to ${ROLE_NAMES[accessLevel]} inherited membership from group ${groupName}`,
    ],
  });
};

/** A user's own namespace is the user's; it and a group (with the groups above it) keep an owner. */
const keepOwner = async (tx: Tx, place: MemberPlace, member: Member, now: Date): Promise<void> => {
  if (member.accessLevel !== ROLES.owner) return;
  if (place.kind === 'project') {
    if (place.namespaceOwnerId === null) return;
    if (member.user.id === place.namespaceOwnerId) throw forbidden();
  }
  const owners = await lockOwners(tx, place, now);
  if (owners.every((id) => id === member.user.id)) throw forbidden();
};

/** Throws 404 when there is no such user. A number is an id, anything else a name. */
export const getCandidate = async (
  db: Db,
  who: { readonly id?: number; readonly username?: string },
): Promise<User> => {
  const user = who.id === undefined ? await findUserByUsername(db, who.username ?? '') : await findUserById(db, who.id);
  if (user === undefined) throw notFound('User');
  return user;
};

export const getMember = async (
  deps: MemberDeps,
  place: MemberPlace,
  userId: number,
  reach: MemberReach = 'direct',
): Promise<Member> => {
  const member = await findMember(deps.db, place, reach, userId, deps.clock.now());
  if (member === undefined) throw recordNotFound();
  return member;
};

/** Who somebody will be who is no member yet. Throws as `addMember`. */
export const prepareMember = async (
  deps: MemberDeps,
  changer: Changer,
  user: User,
  wish: MembershipWish,
  now: Date,
): Promise<NewMember> => {
  const { place } = changer;
  const accessLevel = checkWish(wish, now);
  refuseAbove(changer, accessLevel);
  if ((await findMember(deps.db, place, 'direct', user.id, now)) !== undefined) throw conflict('Member already exists');
  await refuseBelowInherited(deps, place, user, accessLevel, now);
  return { userId: user.id, accessLevel, expiresAt: wish.expiresAt ?? null, createdById: changer.user.id };
};

/** Throws 400 for a level that does not exist, 403 for one above the changer's own, 409 for somebody who is a member. */
export const addMember = async (
  deps: MemberDeps,
  changer: Changer,
  user: User,
  wish: MembershipWish,
): Promise<Member> => {
  const now = deps.clock.now();
  const { place } = changer;
  const member = await prepareMember(deps, changer, user, wish, now);
  const added = await deps.db.transaction().execute((tx) => insertMember(deps.publish, tx, place, member, now));
  if (!added) throw conflict('Member already exists');
  return getMember(deps, place, user.id);
};

export const changeMember = async (
  deps: MemberDeps,
  changer: Changer,
  member: Member,
  wish: MembershipWish,
): Promise<Member> => {
  const now = deps.clock.now();
  const { place } = changer;
  const accessLevel = checkWish(wish, now);
  refuseAbove(changer, accessLevel);
  refuseAbove(changer, member.accessLevel);
  await refuseBelowInherited(deps, place, member.user, accessLevel, now);
  const { expiresAt } = wish;
  await deps.db.transaction().execute(async (tx) => {
    if (accessLevel !== ROLES.owner || typeof expiresAt === 'string') await keepOwner(tx, place, member, now);
    const changes = expiresAt === undefined ? { accessLevel } : { accessLevel, expiresAt };
    await updateMember(deps.publish, tx, place, member.user.id, changes);
    if (accessLevel < member.accessLevel) await deps.onRightsLost(tx, member.user.id);
  });
  return getMember(deps, place, member.user.id);
};

/**
 * By somebody of at least the member's role, or by the member. Out of a group goes with out of everything below it,
 * unless that is kept. Throws 403 for the last owner.
 */
export const removeMember = async (
  deps: MemberDeps,
  changer: Changer,
  member: Member,
  options: { readonly keepBelow?: boolean } = {},
): Promise<void> => {
  const { place } = changer;
  if (changer.user.id !== member.user.id) refuseAbove(changer, member.accessLevel);
  await deps.db.transaction().execute(async (tx) => {
    await keepOwner(tx, place, member, deps.clock.now());
    await deleteMember(deps.publish, tx, place, member.user.id);
    if (place.kind === 'group' && options.keepBelow !== true) {
      await deleteMembersBelow(deps.publish, tx, place.id, member.user.id);
    }
    await deps.onRightsLost(tx, member.user.id);
  });
};
