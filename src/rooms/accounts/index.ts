export type { ActingJob, Actor, AnonymousActor, JobActor, UserActor, UserCredential } from './actor.ts';
export { ANONYMOUS, actingUser, isAdmin } from './actor.ts';
export { type AuthenticateDeps, type AuthenticateOptions, authenticate, authenticateJob } from './authenticate.ts';
export { checkSecretKey, WrongSecretKey } from './check-secret-key.ts';
export { type CreateTokenRequest, createPersonalToken, type ShownToken } from './create-token.ts';
export { type CreateUserRequest, createUser } from './create-user.ts';
export { BadRootSetting, ensureRoot, type RootOutcome, type RootRequest } from './ensure-root.ts';
export type { ExecutingJob, FindExecutingJobByToken } from './executing-job.ts';
export { type AccountGuards, accountGuards } from './guards.ts';
export {
  findNamespaceById,
  findNamespaceOfUser,
  NAMESPACE_COLUMNS,
  type Namespace,
  type NamespaceRow,
  toNamespace,
} from './namespace-store.ts';
export { presentUserBasic, presentUserPublic } from './present.ts';
export type { AccountRouteDeps } from './routes/deps.ts';
export { accountRoutes } from './routes/index.ts';
export { sessionRoutes } from './routes/session-routes.ts';
export { isTokenScope, type TokenScope } from './scopes.ts';
export { findSetting } from './setting-store.ts';
export { SignInLimiter } from './sign-in-limiter.ts';
export { dayOf } from './token-policy.ts';
export type { User, UserState } from './user.ts';
export { findUserById, findUserByUsername, findUsersByIds, toUser, USER_COLUMNS } from './user-store.ts';
