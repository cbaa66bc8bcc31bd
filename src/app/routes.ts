import type { Route, Throttle } from '../http/index.ts';
import { GITLAB_VERSION } from '../kit/version.ts';
import { accountRoutes, SignInLimiter, sessionRoutes, settingsRoutes } from '../rooms/accounts/index.ts';
import { artifactRoutes, noteBlobsOfPipeline } from '../rooms/artifacts/index.ts';
import { environmentRoutes } from '../rooms/environments/index.ts';
import { groupRoutes } from '../rooms/groups/index.ts';
import { hooksRoutes } from '../rooms/hooks/index.ts';
import { idTokenRoutes } from '../rooms/id-tokens/index.ts';
import { mergeRequestRoutes } from '../rooms/merge-requests/index.ts';
import {
  createPipelineRoute,
  currentJobRoute,
  findNewestPipelineOfCommit,
  jobRoutes,
  lintRoutes,
  listPipelinesRoute,
  pipelineRoutes,
  presentPipelineBasic,
  runnerJob,
  whyRoutes,
} from '../rooms/pipelines/index.ts';
import { projectRoutes } from '../rooms/projects/index.ts';
import { releaseRoutes, releasesOfTags } from '../rooms/releases/index.ts';
import { type FindLastPipeline, gitRoutes, repositoryRoutes } from '../rooms/repositories/index.ts';
import {
  buildPayload,
  environmentUrlOf,
  jobRequestRoute,
  jobUpdateRoute,
  runnerLifecycleRoutes,
  runnerManagementRoutes,
  touchRunner,
} from '../rooms/runners/index.ts';
import { scheduleRoutes } from '../rooms/schedules/index.ts';
import { extractCoverage, traceRoutes } from '../rooms/traces/index.ts';
import { triggerPipelineRoutes, triggerTokenRoutes, WEBHOOK_LIMIT } from '../rooms/triggers/index.ts';
import { variableRoutes } from '../rooms/variables/index.ts';
import { apiDescriptionRoute } from './api-description-route.ts';
import { editorSchemaRoute } from './editor-schema-route.ts';
import { healthRoutes } from './health-routes.ts';
import { metricsRoute } from './metrics.ts';
import type { Parts } from './parts.ts';
import { makeRateLimits } from './rate-limits.ts';

/** Milliseconds that a runner's poll is held; proxies give up after a minute. */
const LONG_POLL = 50_000;

export interface AppRoutes {
  /** Under `/api/v4`. */
  readonly api: readonly Route[];
  /** At the root: git, health, sign-in. */
  readonly site: readonly Route[];
  /** Asked before each route of the API. */
  readonly throttle: Throttle;
}

const lastPipelines =
  ({ db }: Parts): FindLastPipeline =>
  async (project, sha, baseUrl) => {
    const pipeline = await findNewestPipelineOfCommit(db, project.id, sha);
    return pipeline && presentPipelineBasic(pipeline, { baseUrl, project });
  };

/** Every route of the server. A test keeps the table of method, path and guard. */
export function makeRoutes(parts: Parts): AppRoutes {
  const { repositories, accounts, project, guards, settings } = parts;
  const accountDeps = {
    ...parts,
    guards: accounts,
    limiter: new SignInLimiter(),
    server: { version: GITLAB_VERSION, revision: 'penstock' },
  };
  const gitDeps = { ...parts, ...repositories, ...parts.authenticate };
  const limits = makeRateLimits({ authenticate: parts.authenticate, settings });
  const jobCalls = limits.callsOf(runnerJob(parts));
  const pipelineDeps = { ...parts, deleteBlobs: noteBlobsOfPipeline, countJobsList: limits.jobsList };
  const runnerDeps = {
    ...parts,
    buildPayload: buildPayload(parts),
    onError: (error: unknown, job: { readonly id: number }) =>
      parts.log.error({ err: error, job: job.id }, 'a job could not be handed out'),
    longPoll: LONG_POLL,
    countRequest: limits.jobRequests,
    runnerJob: jobCalls,
    coverageOf: (job: Parameters<typeof extractCoverage>[1]) => extractCoverage(parts, job),
    environmentUrlOf: (job: Parameters<typeof environmentUrlOf>[1]) => environmentUrlOf(parts, job),
  };
  const api: readonly Route[] = [
    ...accountRoutes(accountDeps),
    ...settingsRoutes({ guards: accounts, settings }),
    ...groupRoutes({ ...parts, guards: accounts }),
    ...projectRoutes({ ...parts, ...parts.projectDeps, guards: accounts }),
    ...variableRoutes(parts, parts),
    ...repositoryRoutes({
      ...gitDeps,
      project,
      findLastPipeline: lastPipelines(parts),
      tagReleases: releasesOfTags(parts),
    }),
    ...releaseRoutes({ ...gitDeps, project }),
    ...triggerTokenRoutes(parts, project),
    ...triggerPipelineRoutes({ ...parts, payloadLimit: WEBHOOK_LIMIT }),
    ...scheduleRoutes(parts),
    ...hooksRoutes({ ...parts, countHookTest: limits.hookTests, countHookResend: limits.hookResends }),
    ...mergeRequestRoutes(parts),
    listPipelinesRoute(pipelineDeps),
    createPipelineRoute(pipelineDeps),
    ...pipelineRoutes(pipelineDeps),
    ...lintRoutes(pipelineDeps),
    ...whyRoutes(pipelineDeps),
    ...jobRoutes(pipelineDeps),
    currentJobRoute(parts),
    ...traceRoutes({
      ...parts,
      runnerJob: limits.traceOf(runnerJob(parts)),
      touchRunner: async (job, now) => {
        if (job.runnerId !== null) await touchRunner(parts.db, job.runnerId, now);
      },
    }),
    ...artifactRoutes({ ...parts, runnerJob: jobCalls }),
    ...environmentRoutes({ db: parts.db, guards }),
    ...runnerLifecycleRoutes(parts),
    ...runnerManagementRoutes(parts),
    jobRequestRoute(runnerDeps),
    jobUpdateRoute(runnerDeps),
    apiDescriptionRoute(() => api),
  ];
  return {
    api,
    throttle: limits.throttle,
    site: [
      ...healthRoutes(parts),
      editorSchemaRoute(),
      metricsRoute(parts.metrics),
      ...idTokenRoutes(parts),
      ...sessionRoutes(accountDeps),
      ...gitRoutes(gitDeps),
    ],
  };
}
