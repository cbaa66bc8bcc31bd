import type { Guard, Route } from '../../../http/index.ts';
import { forbidden } from '../../../kit/errors.ts';
import { type Changer, memberRoutes } from '../../groups/index.ts';
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

/** `/projects/:id/members`: read by whoever sees the project, changed from maintainer on. */
export const projectMemberRoutes = (deps: ProjectRouteDeps): readonly Route[] => {
  const reading = deps.project('read_member', { authenticateFirst: true });
  return memberRoutes(deps, {
    path: '/projects/:id',
    reader: asChanger(reading),
    manager: asChanger(deps.project('admin_member', { authenticateFirst: true })),
    selfOrManager: {
      label: 'project: admin_member, or the member, signed in',
      check: async (request) => {
        const subject = await reading.check(request);
        const isSelf = request.pathParams['user_id'] === String(subject.actor.user.id);
        if (!isSelf && !can(subject.actor, 'admin_member', subject.project, subject.role)) throw forbidden();
        return changerOf(subject);
      },
    },
  });
};
