export { ALLOWED, isAllowed } from './allowed.ts';
export type { AutoCancelCandidate, NewPipeline } from './auto-cancel.ts';
export {
  AUTO_CANCEL_MAX_AGE_DAYS,
  AUTO_CANCEL_MAX_CANDIDATES,
  autoCancelMode,
  isCiSource,
  isRedundant,
} from './auto-cancel.ts';
export { isAutoRetried } from './auto-retry.ts';
export type { CancelMode, IsGraceful } from './cancel.ts';
export { cancelPipeline, findCancel } from './cancel.ts';
export { compositeStatus } from './composite.ts';
export { pipelineDuration } from './duration.ts';
export { findNewlyAlive } from './newly-alive.ts';
export type { InitialJobState, PipelinePlan, PlannedStage } from './plan.ts';
export { planPipeline } from './plan.ts';
export type { PlayDecision } from './play.ts';
export { playJob } from './play.ts';
export {
  isActionJob,
  isCancelableJob,
  isCancelablePipeline,
  isErasable,
  isPlayable,
  isRetryable,
} from './predicates.ts';
export { processPipeline } from './process.ts';
export { resetDependents } from './reset-dependents.ts';
export type { NewAttempt, RetryOptions, RetryPlan, RetryRefusal } from './retry.ts';
export { planPipelineRetry, planRetry } from './retry.ts';
export type { EffectiveTimeout, JobContact } from './timeouts.ts';
export {
  effectiveTimeout,
  findTimeout,
  NO_UPDATES_CANCELING_AFTER,
  NO_UPDATES_RUNNING_AFTER,
  SERVER_TIMEOUT_GRACE,
  STALE_SCHEDULE_AFTER,
  STUCK_PENDING_AFTER,
  STUCK_WITHOUT_RUNNER_AFTER,
} from './timeouts.ts';
export { applyMove, findMove, transition } from './transition.ts';
export type * from './types.ts';
