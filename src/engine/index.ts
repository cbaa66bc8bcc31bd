export type { AutoCancelCandidate } from './auto-cancel.ts';
export {
  AUTO_CANCEL_MAX_AGE_DAYS,
  AUTO_CANCEL_MAX_CANDIDATES,
  autoCancelMode,
  isCiSource,
  isRedundant,
} from './auto-cancel.ts';
export type { CancelMode } from './cancel.ts';
export { cancelPipeline } from './cancel.ts';
export { planPipeline } from './plan.ts';
export { playJob } from './play.ts';
export { isCancelableJob, isErasable, isPlayable } from './predicates.ts';
export { processPipeline } from './process.ts';
export type { NewAttempt, RetryPlan } from './retry.ts';
export { planPipelineRetry, planRetry } from './retry.ts';
export {
  findTimeout,
  NO_UPDATES_CANCELING_AFTER,
  SERVER_TIMEOUT_GRACE,
  STALE_SCHEDULE_AFTER,
  STUCK_WITHOUT_RUNNER_AFTER,
} from './timeouts.ts';
export { transition } from './transition.ts';
export type * from './types.ts';
