export type { Actor, JobActor, UserActor } from './actor.ts';
export { ANONYMOUS, actingUser, isAdmin } from './actor.ts';
export { type ApplicationSettings, InstanceSettings } from './application-settings.ts';
export { type AuthenticateDeps, authenticate, authenticateJob } from './authenticate.ts';
export { checkSecretKey, WrongSecretKey } from './check-secret-key.ts';
export { createPersonalToken, rotateToken, type ShownToken } from './create-token.ts';
export { type CreateUserRequest, createUser } from './create-user.ts';
export { type EndUserDeps, endBotsOf } from './end-user.ts';
export { BadRootSetting, ensureRoot, type RootOutcome } from './ensure-root.ts';
export type { ExecutingJob } from './executing-job.ts';
export { type AccountGuards, accountGuards } from './guards.ts';
export { removeIdleBots, removeMarkedUsers } from './moderate-user.ts';
export { pathLetterErrors, reservedPathErrors } from './namespace-path.ts';
export {
  findNamespaceById,
  findNamespaceByPath,
  findNamespaceOfUser,
  lockNamespace,
  NAMESPACE_COLUMNS,
  type Namespace,
  type NamespaceRow,
  toNamespace,
} from './namespace-store.ts';
export { presentResourceToken, presentUserBasic, presentUserPublic } from './present.ts';
export {
  createResourceToken,
  findResourceToken,
  isBotOf,
  revokeResourceToken,
  type TokenHome,
} from './resource-token.ts';
export { accountRoutes } from './routes/index.ts';
export { sessionRoutes } from './routes/session-routes.ts';
export { settingsRoutes } from './routes/settings-routes.ts';
export { isTokenScope, RESOURCE_TOKEN_SCOPES, readScopes, type TokenScope } from './scopes.ts';
export { findSetting } from './setting-store.ts';
export { SignInLimiter } from './sign-in-limiter.ts';
export { dayOf } from './token-policy.ts';
export {
  countTokens,
  findTokenById,
  listTokens,
  type PersonalAccessToken,
  TOKEN_ORDERS,
} from './token-store.ts';
export type { User } from './user.ts';
export type { UserConsequences } from './user-consequences.ts';
export {
  findOwnerOfEmail,
  findUserById,
  findUserByUsername,
  findUsersByIds,
  toUser,
  USER_COLUMNS,
} from './user-store.ts';
