import {
  atLeastOneOf,
  boolean,
  created,
  integer,
  noContent,
  ok,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { withoutAbsent } from '../../../kit/without-absent.ts';
import { randomToken } from '../../../platform/secrets/index.ts';
import { changeUser } from '../change-user.ts';
import { createUser } from '../create-user.ts';
import { deleteUser } from '../moderate-user.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById } from './find-user.ts';
import { presentForAdmin } from './user-routes.ts';

/** What administrators do to `/users`: make, change, delete. Profile fields that Penstock does not keep are ignored. */
export const changeUserRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'POST',
    path: '/users',
    summary: 'Create a user',
    params: {
      email: string({ required: true }),
      name: string({ required: true }),
      username: string({ required: true }),
      password: string(),
      reset_password: boolean(),
      force_random_password: boolean(),
      admin: boolean(),
      skip_confirmation: boolean(),
      public_email: string(),
    },
    rules: [atLeastOneOf('password', 'reset_password', 'force_random_password')],
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const random = params.force_random_password === true || params.reset_password === true;
      const user = await createUser(deps, {
        email: params.email,
        name: params.name,
        username: params.username,
        password: random ? randomToken('') : (params.password ?? ''),
        admin: params.admin ?? false,
        publicEmail: params.public_email,
      });
      return created(await presentForAdmin(deps, request, user));
    },
  }),
  route({
    method: 'PUT',
    path: '/users/:id',
    summary: 'Change a user',
    params: {
      id: integer({ required: true }),
      email: string(),
      name: string(),
      username: string(),
      password: string({ description: 'Signs every browser of the user out' }),
      admin: boolean(),
      skip_reconfirmation: boolean(),
      public_email: string(),
    },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const { email, name, username, password, admin, public_email: publicEmail } = params;
      const wanted = withoutAbsent({
        email,
        name,
        username,
        admin,
        publicEmail,
        // GitLab ignores an empty one.
        password: password === '' ? undefined : password,
      });
      const user = await changeUser(deps, await getUserById(deps.db, params.id), wanted);
      return ok(await presentForAdmin(deps, request, user));
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Delete a user with everything in the own namespace',
    params: {
      id: integer({ required: true }),
      hard_delete: boolean({ description: 'Groups that only this user owns go too' }),
    },
    guard: deps.guards.admin(),
    handler: async ({ params }) => {
      await deleteUser(deps, await getUserById(deps.db, params.id), { hard: params.hard_delete ?? false });
      return noContent();
    },
  }),
];
