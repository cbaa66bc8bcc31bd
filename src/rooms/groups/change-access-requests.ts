import type { MemberFactPlace } from '../../events/index.ts';
import { conflict, forbidden, recordNotFound } from '../../kit/errors.ts';
import type { User } from '../accounts/index.ts';
import {
  type AccessRequest,
  deleteAccessRequests,
  insertAccessRequest,
  listAccessRequests,
  REQUESTED_ROLE,
  revokeAccessRequests,
} from './access-request-store.ts';
import { type Changer, getMember, type MemberDeps, prepareMember } from './change-members.ts';
import { holdPlace } from './hold-place.ts';
import type { Member, MemberPlace } from './member.ts';
import { insertMember } from './member-store.ts';

const FIRST = { limit: 1, offset: 0 };

const placeOf = (place: MemberPlace): MemberFactPlace =>
  place.kind === 'group' ? { kind: 'group', id: place.id } : { kind: 'project', id: place.id };

const getRequest = async (deps: MemberDeps, place: MemberFactPlace, userId: number): Promise<AccessRequest> => {
  const [request] = await listAccessRequests(deps.db, { place, userId }, FIRST);
  if (request === undefined) throw recordNotFound();
  return request;
};

/** Asks for access; that the user may is asked before. Throws 403 for somebody who has asked already. */
export const requestAccess = async (deps: MemberDeps, user: User, place: MemberPlace): Promise<AccessRequest> => {
  const asked = placeOf(place);
  const inserted = await deps.db
    .transaction()
    .execute((tx) => insertAccessRequest(deps.publish, tx, asked, user.id, deps.clock.now()));
  if (!inserted) throw forbidden();
  return getRequest(deps, asked, user.id);
};

/**
 * Makes somebody who asked a member (default: developer). Throws 404 for who did not ask, else what `addMember` throws: 403 for a role
 * above the approver's own, 400 for a level that does not exist.
 */
export const approveAccessRequest = async (
  deps: MemberDeps,
  changer: Changer,
  userId: number,
  accessLevel: number = REQUESTED_ROLE,
): Promise<Member> => {
  const place = placeOf(changer.place);
  const { user } = await getRequest(deps, place, userId);
  const now = deps.clock.now();
  const member = await prepareMember(deps, changer, user, { accessLevel }, now);
  await deps.db.transaction().execute(async (tx) => {
    await holdPlace(tx, place);
    if ((await deleteAccessRequests(tx, { place, userId })) === 0) throw recordNotFound();
    if (!(await insertMember(deps.publish, tx, place, member, now))) throw conflict('Member already exists');
  });
  return getMember(deps, changer.place, userId);
};

/** Denies a request, or takes one's own back. Throws 404 for who did not ask. */
export const denyAccessRequest = async (deps: MemberDeps, place: MemberPlace, userId: number): Promise<void> => {
  const which = { place: placeOf(place), userId };
  const revoked = await deps.db.transaction().execute((tx) => revokeAccessRequests(deps.publish, tx, which));
  if (revoked === 0) throw recordNotFound();
};
