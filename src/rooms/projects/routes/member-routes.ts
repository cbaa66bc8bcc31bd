import type { Guard, Route } from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { accessRequestRoutes, type Changer, memberRoutes } from '../../groups/index.ts';
import { can } from '../can.ts';
import type { ProjectSubject, SignedInActor } from '../guards.ts';
import type { ProjectRouteDeps } from './deps.ts';

const changerOf = ({ actor, project, role }: ProjectSubject<SignedInActor>): Changer => ({
  user: actor.user,
  place: { kind: 'project', id: project.id, namespaceOwnerId: project.namespace.ownerId },
  role,
});

const asChanger = (inner: Guard<ProjectSubject<SignedInActor>>): Guard<Changer> => ({
  label: inner.label,
  check: async (request) => changerOf(await inner.check(request)),
});

/** Who may ask for access: whom the visibility lets in, without any role. */
const asker = (inner: Guard<ProjectSubject<SignedInActor>>): Guard<Changer> => ({
  label: `${inner.label}, no member`,
  check: async (request) => {
    const subject = await inner.check(request);
    if (!subject.project.requestAccessEnabled || subject.role !== undefined) throw forbidden();
    return changerOf(subject);
  },
});

/** `/projects/:id/members` and `…/access_requests`: read by whoever sees the project, changed from maintainer on. */
export const projectMemberRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const reading = deps.project('read_member', { authenticateFirst: true });
  const manager = asChanger(deps.project('admin_member', { authenticateFirst: true }));
  const selfOrManager: Guard<Changer> = {
    label: 'project: admin_member, or the member, signed in',
    check: async (request) => {
      const subject = await reading.check(request);
      const isSelf = request.pathParams['user_id'] === String(subject.actor.user.id);
      if (!isSelf && !can(subject.actor, 'admin_member', subject.project, subject.role)) throw forbidden();
      return changerOf(subject);
    },
  };
  const path = '/projects/:id';
  return [
    ...memberRoutes(deps, { path, reader: asChanger(reading), manager, selfOrManager }),
    ...accessRequestRoutes(deps, { path, asker: asker(reading), manager, selfOrManager }),
  ];
};
