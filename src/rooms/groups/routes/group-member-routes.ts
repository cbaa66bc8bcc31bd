import type { Guard, Route } from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import type { UserActor } from '../../accounts/index.ts';
import { groupCan } from '../abilities.ts';
import type { Changer } from '../change-members.ts';
import type { GroupSubject } from '../guards.ts';
import { accessRequestRoutes } from './access-request-routes.ts';
import type { GroupRouteDeps } from './deps.ts';
import { memberRoutes } from './member-routes.ts';

const changerOf = ({ actor, group, role }: GroupSubject<UserActor>): Changer => ({
  user: actor.user,
  place: { kind: 'group', id: group.id },
  role,
});

const asChanger = (inner: Guard<GroupSubject<UserActor>>): Guard<Changer> => ({
  label: inner.label,
  check: async (request) => changerOf(await inner.check(request)),
});

/** Who may ask for access: whom the visibility lets in, without any role. */
const asker = (inner: Guard<GroupSubject<UserActor>>): Guard<Changer> => ({
  label: `${inner.label}, no member`,
  check: async (request) => {
    const subject = await inner.check(request);
    const { group, role } = subject;
    if (!group.requestAccessEnabled || group.visibility === 'private' || role !== undefined) throw forbidden();
    return changerOf(subject);
  },
});

/** `/groups/:id/members` and `…/access_requests`: read by whoever sees the group, changed by its owners. */
export const groupMemberRoutes = (deps: GroupRouteDeps): readonly Route[] => {
  const reading = deps.group('read_group_member', { authenticateFirst: true });
  const manager = asChanger(deps.group('admin_group_member', { authenticateFirst: true }));
  const selfOrManager: Guard<Changer> = {
    label: 'group: admin_group_member, or the member, signed in',
    check: async (request) => {
      const subject = await reading.check(request);
      const isSelf = request.pathParams['user_id'] === String(subject.actor.user.id);
      if (!isSelf && !groupCan(subject.actor.user, 'admin_group_member', subject.group, subject.role))
        throw forbidden();
      return changerOf(subject);
    },
  };
  const path = '/groups/:id';
  return [
    ...memberRoutes(deps, { path, reader: asChanger(reading), manager, selfOrManager }),
    ...accessRequestRoutes(deps, { path, asker: asker(reading), manager, selfOrManager }),
  ];
};
