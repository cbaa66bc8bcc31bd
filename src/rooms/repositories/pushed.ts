import type { Id, ProjectId, UserId } from '../../kit/ids.ts';

export type PushIntentId = Id<'push-intent'>;

/** One ref that moved. Zeros (40 of them) stand for "was not there" and "is gone". */
export interface RefUpdate {
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly ref: string;
  readonly old: string;
  readonly new: string;
}

/** A push (git, commits API, branches, tags) whose refs have moved. */
export interface Pushed {
  /** The row of `push_intents` that stands until every update is settled. */
  readonly pushIntentId: PushIntentId;
  readonly projectId: ProjectId;
  readonly userId: UserId;
  /** Only those that moved and are not settled yet. */
  readonly updates: readonly RefUpdate[];
  /**
   * How many refs the push created or moved (not: deleted), settled ones included: GitLab creates no pipeline at all for
   * more than four.
   */
  readonly refCount: number;
  /** `ci.skip`, `ci.variable=K=V` … as they were sent. */
  readonly pushOptions: readonly string[];
  /** Pushed with a job token: no pipeline (`Pipeline creation is not allowed when pushing from CI jobs`). */
  readonly viaJobToken: boolean;
}

/**
 * Told after refs have moved; may be told again about the same update after a crash, until it is settled.
 * For each update the callee does its work in a transaction that begins with `settleUpdate(tx, push.pushIntentId, update.ref)`
 * and does nothing when that answers false (somebody else has settled it). So each update is acted on exactly once.
 * Updates that it leaves unsettled are settled by the caller when the promise resolves; when it rejects they are told again later.
 */
export type OnPushed = (push: Pushed) => Promise<void>;

/** 40 zeros. */
export const NO_SHA = '0'.repeat(40);
