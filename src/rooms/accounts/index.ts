export type { ActingJob, Actor, AnonymousActor, JobActor, UserActor, UserCredential } from './actor.ts';
export { ANONYMOUS, actingUser, isAdmin } from './actor.ts';
export type { ExecutingJob, FindExecutingJobByToken } from './authenticate-types.ts';
export type { TokenScope } from './scopes.ts';
export type { User, UserState } from './user.ts';
