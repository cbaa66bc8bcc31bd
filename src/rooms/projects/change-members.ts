import type { Clock } from '../../kit/clock.ts';
import { conflict, forbidden, invalid, notFound, recordNotFound } from '../../kit/errors.ts';
import type { Db, Tx } from '../../platform/postgres/index.ts';
import { dayOf, findUserById, findUserByUsername, type User } from '../accounts/index.ts';
import { deleteMember, findMember, insertMember, lockOwners, type Member, updateMember } from './member-store.ts';
import type { Project } from './project.ts';
import { isRole, ROLES, type Role } from './role.ts';

export interface MemberDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** Who changes the members, and as what. */
export interface Changer {
  readonly user: User;
  readonly project: Project;
  /** Effective. */
  readonly role: Role | undefined;
}

export interface MembershipWish {
  readonly accessLevel: number;
  /** `YYYY-MM-DD`, null for ever; undefined: as it is. */
  readonly expiresAt?: string | null | undefined;
}

const GRANTABLE = (level: number): level is Role => isRole(level) && level !== ROLES.minimal;

const checkWish = (wish: MembershipWish, now: Date): Role => {
  if (!GRANTABLE(wish.accessLevel)) throw invalid({ access_level: ['is not included in the list'] });
  if (typeof wish.expiresAt === 'string' && wish.expiresAt <= dayOf(now)) {
    throw invalid({ expires_at: ['cannot be a date in the past'] });
  }
  return wish.accessLevel;
};

/** Nobody gives, changes or takes a role above their own. */
const refuseAbove = (changer: Changer, level: Role): void => {
  if (changer.role === undefined || level > changer.role) throw forbidden();
};

/** A project keeps an owner, and a user's own namespace is the user's. */
const keepOwner = async (tx: Tx, project: Project, member: Member, now: Date): Promise<void> => {
  if (member.accessLevel !== ROLES.owner) return;
  const owners = await lockOwners(tx, project.id, now);
  if (member.user.id === project.namespace.ownerId || owners.every((id) => id === member.user.id)) throw forbidden();
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

export const getMember = async (deps: MemberDeps, project: Project, userId: number): Promise<Member> => {
  const member = await findMember(deps.db, project.id, userId, deps.clock.now());
  if (member === undefined) throw recordNotFound();
  return member;
};

/** Throws 400 for a level that does not exist, 403 for one above the changer's own, 409 for somebody who is a member. */
export const addMember = async (
  deps: MemberDeps,
  changer: Changer,
  user: User,
  wish: MembershipWish,
): Promise<Member> => {
  const now = deps.clock.now();
  const accessLevel = checkWish(wish, now);
  refuseAbove(changer, accessLevel);
  const member = {
    projectId: changer.project.id,
    userId: user.id,
    accessLevel,
    expiresAt: wish.expiresAt ?? null,
    createdById: changer.user.id,
  };
  const added = await deps.db.transaction().execute((tx) => insertMember(tx, member, now));
  if (!added) throw conflict('Member already exists');
  return getMember(deps, changer.project, user.id);
};

export const changeMember = async (
  deps: MemberDeps,
  changer: Changer,
  member: Member,
  wish: MembershipWish,
): Promise<Member> => {
  const now = deps.clock.now();
  const accessLevel = checkWish(wish, now);
  refuseAbove(changer, accessLevel);
  refuseAbove(changer, member.accessLevel);
  const { expiresAt } = wish;
  await deps.db.transaction().execute(async (tx) => {
    if (accessLevel !== ROLES.owner || typeof expiresAt === 'string') await keepOwner(tx, changer.project, member, now);
    const changes = expiresAt === undefined ? { accessLevel } : { accessLevel, expiresAt };
    await updateMember(tx, changer.project.id, member.user.id, changes);
  });
  return getMember(deps, changer.project, member.user.id);
};

/** By somebody of at least the member's role, or by the member. Throws 403 for the last owner. */
export const removeMember = async (deps: MemberDeps, changer: Changer, member: Member): Promise<void> => {
  if (changer.user.id !== member.user.id) refuseAbove(changer, member.accessLevel);
  await deps.db.transaction().execute(async (tx) => {
    await keepOwner(tx, changer.project, member, deps.clock.now());
    await deleteMember(tx, changer.project.id, member.user.id);
  });
};
