export type { Actor, JobActor, UserActor } from './actor.ts';
export { ANONYMOUS, actingUser, isAdmin } from './actor.ts';
export { type AuthenticateDeps, authenticate, authenticateJob } from './authenticate.ts';
export { checkSecretKey, WrongSecretKey } from './check-secret-key.ts';
export { createPersonalToken } from './create-token.ts';
export { type CreateUserRequest, createUser } from './create-user.ts';
export { BadRootSetting, ensureRoot, type RootOutcome } from './ensure-root.ts';
export type { ExecutingJob } from './executing-job.ts';
export { type AccountGuards, accountGuards } from './guards.ts';
export {
  findNamespaceById,
  findNamespaceOfUser,
  lockNamespace,
  NAMESPACE_COLUMNS,
  type Namespace,
  type NamespaceRow,
  toNamespace,
} from './namespace-store.ts';
export { presentUserBasic, presentUserPublic } from './present.ts';
export { accountRoutes } from './routes/index.ts';
export { sessionRoutes } from './routes/session-routes.ts';
export { isTokenScope, type TokenScope } from './scopes.ts';
export { findSetting } from './setting-store.ts';
export { SignInLimiter } from './sign-in-limiter.ts';
export { dayOf } from './token-policy.ts';
export type { User } from './user.ts';
export { findUserById, findUserByUsername, findUsersByIds, toUser, USER_COLUMNS } from './user-store.ts';
