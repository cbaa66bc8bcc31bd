import type { JobId, PipelineId, ProjectId, TokenId } from '../../kit/ids.ts';
import type { TokenScope } from './scopes.ts';
import type { User } from './user.ts';

/** Who is calling, made from the request's credential and from nothing else. */
export type Actor = AnonymousActor | UserActor | JobActor;

export interface AnonymousActor {
  readonly kind: 'anonymous';
}

export interface UserActor {
  readonly kind: 'user';
  readonly user: User;
  readonly via: UserCredential;
}

export type UserCredential =
  | { readonly type: 'token'; readonly tokenId: TokenId; readonly scopes: readonly TokenScope[] }
  | { readonly type: 'session'; readonly sessionId: number };

/** A running job's token: its user, minus administrator rights, minus every route that does not name a job permission. */
export interface JobActor {
  readonly kind: 'job';
  readonly user: User;
  readonly job: ActingJob;
}

export interface ActingJob {
  readonly id: JobId;
  readonly pipelineId: PipelineId;
  readonly projectId: ProjectId;
  readonly projectFullPath: string;
}

export const ANONYMOUS: AnonymousActor = { kind: 'anonymous' };

/** The user behind a credential; undefined for nobody. */
export const actingUser = (actor: Actor): User | undefined => (actor.kind === 'anonymous' ? undefined : actor.user);

/** Whether the caller has the instance's administrator rights. A job token never has them (GitLab: `from_ci_job_token?`). */
export const isAdmin = (actor: Actor): boolean => actor.kind === 'user' && actor.user.admin;
