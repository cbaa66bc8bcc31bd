import {
  boolean,
  created,
  integer,
  noContent,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  type Route,
  route,
  string,
} from '../../../http/index.ts';
import { invalid, notFound } from '../../../kit/errors.ts';
import { deleteEmail, findEmail, insertEmail, listEmails } from '../email-store.ts';
import { presentEmail } from '../present.ts';
import type { User } from '../user.ts';
import { isEmailAddress } from '../user-policy.ts';
import { findOwnerOfEmail } from '../user-store.ts';
import type { AccountRouteDeps } from './deps.ts';
import { getUserById } from './find-user.ts';

const taken = () => invalid({ email: ['has already been taken'] });

const addEmail = async (deps: AccountRouteDeps, user: User, address: string, confirmed: boolean) => {
  if (!isEmailAddress(address)) throw invalid({ email: ['is invalid'] });
  if ((await findOwnerOfEmail(deps.db, address)) !== undefined) throw taken();
  const now = deps.clock.now();
  const row = { userId: user.id, email: address, confirmedAt: confirmed ? now : null };
  const email = await deps.db.transaction().execute((tx) => insertEmail(tx, row, now));
  if (email === undefined) throw taken();
  return created(presentEmail(email));
};

const removeEmail = async (deps: AccountRouteDeps, user: User, id: number) => {
  if (!(await deleteEmail(deps.db, user.id, id))) throw notFound('Email');
  return noContent();
};

const ownRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  route({
    method: 'GET',
    path: '/user/emails',
    summary: "List one's further e-mail addresses",
    params: pagingParams,
    guard: deps.guards.signedIn({ scopes: ['read_user'] }),
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const all = await listEmails(deps.db, subject.user.id);
      const rows = all.slice(page.offset, page.offset + page.limit).map(presentEmail);
      return pageReply(request, page, rows, { total: all.length });
    },
  }),
  route({
    method: 'GET',
    path: '/user/emails/:email_id',
    summary: "Get one of one's further e-mail addresses",
    params: { email_id: integer({ required: true }) },
    guard: deps.guards.signedIn({ scopes: ['read_user'] }),
    handler: async ({ subject, params }) => {
      const email = await findEmail(deps.db, subject.user.id, params.email_id);
      if (email === undefined) throw notFound('Email');
      return ok(presentEmail(email));
    },
  }),
  route({
    method: 'POST',
    path: '/user/emails',
    summary: 'Add an e-mail address',
    params: { email: string({ required: true }) },
    guard: deps.guards.signedIn(),
    handler: ({ subject, params }) => addEmail(deps, subject.user, params.email, false),
  }),
  route({
    method: 'DELETE',
    path: '/user/emails/:email_id',
    summary: "Remove one of one's further e-mail addresses",
    params: { email_id: integer({ required: true }) },
    guard: deps.guards.signedIn(),
    handler: ({ subject, params }) => removeEmail(deps, subject.user, params.email_id),
  }),
];

/** `/user/emails` and `/users/:id/emails`. The address that a user signs in with is not among them, as in GitLab. */
export const emailRoutes = (deps: AccountRouteDeps): readonly Route[] => [
  ...ownRoutes(deps),
  route({
    method: 'GET',
    path: '/users/:id/emails',
    summary: "List a user's further e-mail addresses",
    params: { ...pagingParams, id: integer({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params, request }) => {
      const user = await getUserById(deps.db, params.id);
      const page = pageOf(params);
      const all = await listEmails(deps.db, user.id);
      const rows = all.slice(page.offset, page.offset + page.limit).map(presentEmail);
      return pageReply(request, page, rows, { total: all.length });
    },
  }),
  route({
    method: 'POST',
    path: '/users/:id/emails',
    summary: 'Add an e-mail address to a user',
    params: {
      id: integer({ required: true }),
      email: string({ required: true }),
      skip_confirmation: boolean(),
    },
    guard: deps.guards.admin(),
    handler: async ({ params }) =>
      addEmail(deps, await getUserById(deps.db, params.id), params.email, params.skip_confirmation ?? false),
  }),
  route({
    method: 'DELETE',
    path: '/users/:id/emails/:email_id',
    summary: "Remove a user's e-mail address",
    params: { id: integer({ required: true }), email_id: integer({ required: true }) },
    guard: deps.guards.admin(),
    handler: async ({ params }) => removeEmail(deps, await getUserById(deps.db, params.id), params.email_id),
  }),
];
