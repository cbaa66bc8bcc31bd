export type { AdvanceResult, JobWish } from './advance.ts';
export { advanceJob } from './advance.ts';
export type { AnswerDeps } from './answer.ts';
export { answerJob, contextOf, newPipelineExtras, pipelineExtras } from './answer.ts';
export { cancelPipeline } from './change-pipeline.ts';
export { commitFacts } from './commit-facts.ts';
export type { CreatePipelineDeps } from './create/create-pipeline.ts';
export { createPipeline } from './create/create-pipeline.ts';
export type { MadeInBatch, RequestInBatch } from './create/create-pipelines.ts';
export { createPipelines } from './create/create-pipelines.ts';
export { onPushed } from './create/on-pushed.ts';
export { judgeRef } from './create/protected-ref.ts';
export type {
  CreatePipelineRequest,
  CreatePipelineResult,
  CreationRefused,
  MergeRequestOfPipeline,
  ScheduleOfPipeline,
} from './create/request.ts';
export { asJobVariable } from './create/variable-scopes.ts';
export type { DeleteBlobs } from './delete-pipeline.ts';
export { dropJobsOfUser, sweepJobsOfBlockedUsers } from './drop-jobs-of-user.ts';
export type { JobSubject, PipelineGuards, PipelineSubject } from './guards.ts';
export { pipelineGuards } from './guards.ts';
export type { Job, JobWithOptions, StoredJobOptions } from './job.ts';
export type { FindJobBelongings, JobBelongings, PresentedArtifact } from './job-belongings.ts';
export { findJobById, findJobsOfPipeline, findJobWithOptions } from './job-store.ts';
export type { JobTokenVerdict } from './job-token.ts';
export { findExecutingJobByToken, judgeJobToken } from './job-token.ts';
export type { MergeRequestQuestions } from './merge-request-questions.ts';
export type { Pipeline, PipelineVariable } from './pipeline.ts';
export {
  countPipelines,
  findHeadPipeline,
  findNewestPipelineOfSchedule,
  listPipelines,
} from './pipeline-list-store.ts';
export { findNewestPipelineOfCommit, findPipelineById } from './pipeline-store.ts';
export type { PresentContext } from './present.ts';
export { presentPipeline, presentPipelineBasic, presentVariable } from './present.ts';
export { presentPipelineStatus } from './present-status.ts';
export type { ProcessDeps } from './process-deps.ts';
export { processPipeline } from './process-pipeline.ts';
export { createPipelineRoute } from './routes/create-pipeline-route.ts';
export { currentJobRoute } from './routes/current-job-route.ts';
export type { PipelineRouteDeps } from './routes/deps.ts';
export { jobRoutes } from './routes/job-routes.ts';
export { lintRoutes } from './routes/lint-routes.ts';
export { pipelineFilterOf, pipelineFilterParams } from './routes/pipeline-filter-params.ts';
export { listPipelinesRoute } from './routes/pipeline-list-route.ts';
export { pipelineRoutes } from './routes/pipeline-routes.ts';
export { whyRoutes } from './routes/why-routes.ts';
export type { RunnerJobSubject } from './runner-job-guard.ts';
export { runnerJob } from './runner-job-guard.ts';
export {
  lockJob,
  lockRunnerJob,
  touchRunnerJob,
  updateArtifactsExpireAt,
  updateErasedAt,
} from './runner-job-store.ts';
export type { OverdueDeps } from './tasks.ts';
export { startDueJobs, sweepDirtyPipelines, sweepOverdueJobs, sweepUnconfirmedJobs } from './tasks.ts';
export { findPipelineVariables, findPlayVariables } from './variable-store.ts';
export { refusalDetails } from './why/present-why.ts';
export { purgeRefusals } from './why/purge-refusals.ts';
