import { created, integer, type Route, route } from '../../../http/index.ts';
import { activateUser, blockUser, deactivateUser, unblockUser } from '../moderate-user.ts';
import type { User } from '../user.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById } from './find-user.ts';

/** `/users/:id/block` and its relatives. 201 with `true`; `null` when there was nothing to do. */
export const moderationRoutes = (deps: AccountRouteDeps): readonly Route[] => {
  const order = (name: string, summary: string, carryOut: (by: User, user: User) => Promise<boolean>): Route =>
    route({
      method: 'POST',
      path: `/users/:id/${name}`,
      summary,
      params: { id: integer({ required: true }) },
      guard: deps.guards.admin(),
      handler: async ({ subject, params }) => {
        const changed = await carryOut(subject.user, await getUserById(deps.db, params.id));
        return created(changed ? true : null);
      },
    });
  return [
    order('block', 'Take every right away from a user; the jobs fail', (by, user) => blockUser(deps, by, user)),
    order('unblock', 'Give a blocked user the rights back', (_by, user) => unblockUser(deps, user)),
    order('deactivate', 'Put a user to sleep until the next sign-in', (_by, user) => deactivateUser(deps, user)),
    order('activate', 'Wake a deactivated user', (_by, user) => activateUser(deps, user)),
  ];
};
