export { findJobsWithRunner } from './claim-job.ts';
export type { FinishJobDeps } from './finish-job.ts';
export type { RunnerSubject } from './guards.ts';
export { JobBell } from './job-bell.ts';
export { findManagersByIds } from './manager-store.ts';
export { buildPayload } from './payload/build-payload.ts';
export { environmentUrlOf } from './payload/environment-url.ts';
export { presentManager, presentRunner } from './present.ts';
export type { BuildPayload } from './request-job.ts';
export { jobRequestRoute } from './routes/job-request-route.ts';
export { jobUpdateRoute } from './routes/job-update-route.ts';
export { runnerLifecycleRoutes } from './routes/lifecycle-routes.ts';
export { runnerManagementRoutes } from './routes/management-routes.ts';
export type { Runner } from './runner.ts';
export { ONLINE_WITHIN } from './runner.ts';
export {
  countEmbeddedJobs,
  findActiveRunners,
  findEmbeddedRunner,
  findRunnerByDigest,
  findRunnersByIds,
  insertRunner,
  touchRunner,
  updateRunnerToken,
} from './runner-store.ts';
export { newRunnerToken } from './runner-token.ts';
