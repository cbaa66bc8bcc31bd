import type { ApiRequest, Route } from '../../../http/index.ts';
import {
  arrayOfHashes,
  boolean,
  created,
  enumeration,
  integer,
  keysetHeaders,
  keysetUnsupported,
  ok,
  pageOf,
  pageReply,
  pagingParams,
  rateLimited,
  route,
  string,
  stringOrArray,
} from '../../../http/index.ts';
import { badRequest, forbidden, invalid, recordNotFound } from '../../../kit/errors.ts';
import type { JobId } from '../../../kit/ids.ts';
import type { Status } from '../../../wire/statuses.ts';
import { STATUSES } from '../../../wire/statuses.ts';
import { actingUser } from '../../accounts/index.ts';
import type { Project } from '../../projects/index.ts';
import { can } from '../../projects/index.ts';
import { answerJob, answerJobs, contextOf } from '../answer.ts';
import { cancelJob, isPlayableNow, playJob, retryJob } from '../change-pipeline.ts';
import { variableKeyProblem } from '../create/check-variables.ts';
import type { JobFilter } from '../job-store.ts';
import { countJobs, findJobById, listJobs } from '../job-store.ts';
import type { PipelineRouteDeps } from './deps.ts';

const ID = { job_id: integer({ required: true }) };
const LIST = { ...pagingParams, scope: stringOrArray(STATUSES) };

async function answerJobNow(deps: PipelineRouteDeps, request: ApiRequest, project: Project, id: JobId) {
  const job = await findJobById(deps.db, id);
  if (job === undefined) throw recordNotFound();
  return answerJob(deps, job, contextOf(request, project), project);
}

const scopeOf = (scope: readonly Status[] | undefined): Pick<JobFilter, 'statuses'> =>
  scope === undefined || scope.length === 0 ? {} : { statuses: scope };

/** `GET /projects/:id/jobs`: all attempts; GitLab never counts them, so there is no X-Total. Always signed in. */
const listRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs',
    summary: 'List jobs of a project',
    params: {
      ...LIST,
      ref: string(),
      pagination: enumeration(['keyset', 'legacy']),
      order_by: enumeration(['id'], { default: 'id' }),
      sort: enumeration(['desc', 'asc'], { default: 'desc' }),
      id_before: integer(),
    },
    guard: rateLimited(
      deps.guards.project('read_build', { jobToken: 'READ_JOBS', authenticateFirst: true }),
      '600',
      deps.countJobsList,
    ),
    handler: async ({ subject, params, request }) => {
      if (params.pagination === 'keyset' && params.sort !== 'desc') throw keysetUnsupported();
      const page = pageOf(params);
      const filter: JobFilter = {
        projectId: subject.project.id,
        includeRetried: true,
        type: 'build',
        ...scopeOf(params.scope),
        ...(params.ref !== undefined && { ref: params.ref }),
      };
      const found = await listJobs(deps.db, filter, {
        offset: page.offset,
        limit: page.limit + 1,
        ...(params.id_before !== undefined && { beforeId: params.id_before }),
      });
      const hasNext = found.length > page.limit;
      const jobs = found.slice(0, page.limit);
      const rows = await answerJobs(deps, jobs, contextOf(request, subject.project), subject.project);
      return params.pagination === 'keyset'
        ? ok(rows, keysetHeaders(request, 'desc', jobs, hasNext))
        : pageReply(request, page, rows, { hasNext });
    },
  });

const pipelineJobsRoute = (deps: PipelineRouteDeps, path: 'jobs' | 'bridges'): Route =>
  route({
    method: 'GET',
    path: `/projects/:id/pipelines/:pipeline_id/${path}`,
    summary: path === 'jobs' ? 'List jobs of a pipeline' : 'List trigger jobs of a pipeline',
    params: { ...LIST, pipeline_id: integer({ required: true }), include_retried: boolean({ default: false }) },
    guard: deps.guards.pipeline('read_build', { jobToken: path === 'jobs' ? 'READ_JOBS' : 'READ_PIPELINES' }),
    handler: async ({ subject, params, request }) => {
      const page = pageOf(params);
      const filter: JobFilter = {
        projectId: subject.project.id,
        pipelineId: subject.pipeline.id,
        includeRetried: params.include_retried,
        type: path === 'jobs' ? 'build' : 'bridge',
        ...scopeOf(params.scope),
      };
      const jobs = await listJobs(deps.db, filter, page);
      const answers = await answerJobs(deps, jobs, contextOf(request, subject.project), subject.project);
      return pageReply(request, page, answers, { total: await countJobs(deps.db, filter) });
    },
  });

const showRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/:job_id',
    summary: 'One job',
    params: ID,
    guard: deps.guards.job('read_build', { authenticateFirst: true }),
    handler: async ({ subject, request }) =>
      ok(await answerJob(deps, subject.job, contextOf(request, subject.project), subject.project)),
  });

const cancelRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/jobs/:job_id/cancel',
    summary: 'Cancel a job',
    params: { ...ID, force: boolean({ default: false }) },
    guard: deps.guards.changeJob('cancel_build'),
    handler: async ({ subject, params, request }) => {
      if (params.force && !can(subject.actor, 'force_cancel_build', subject.project, subject.role)) throw forbidden();
      await cancelJob(deps, subject.job.id, params.force);
      return created(await answerJobNow(deps, request, subject.project, subject.job.id));
    },
  });

const retryRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/jobs/:job_id/retry',
    summary: 'Retry a job: answers the new attempt',
    params: ID,
    guard: deps.guards.changeJob('update_build'),
    handler: async ({ subject, request }) => {
      const user = actingUser(subject.actor);
      if (user === undefined) throw forbidden();
      const id = await retryJob(deps, subject.job.pipelineId, subject.job.id, user.id);
      if (id === undefined) throw forbidden('Job is not retryable');
      return created(await answerJobNow(deps, request, subject.project, id));
    },
  });

const playRoute = (deps: PipelineRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/projects/:id/jobs/:job_id/play',
    summary: 'Start a manual job',
    params: {
      ...ID,
      job_variables_attributes: arrayOfHashes({
        key: string({ required: true, allowBlank: false }),
        value: string({ required: true }),
      }),
    },
    guard: deps.guards.changeJob('update_build'),
    handler: async ({ subject, params, request }) => {
      const { actor, project, role, job } = subject;
      const user = actingUser(actor);
      const variables = params.job_variables_attributes ?? [];
      if (user === undefined) throw forbidden();
      if (variables.length > 0) {
        if (!(await isPlayableNow(deps.db, job.id))) throw badRequest('Unplayable Job');
        if (!can(actor, 'set_pipeline_variables', project, role)) throw forbidden();
        const problem = variables.map(({ key }) => variableKeyProblem(key)).find((found) => found !== undefined);
        if (problem !== undefined) throw invalid({ 'job_variables.key': [problem] });
      }
      const id = await playJob(deps, job.pipelineId, job.id, user.id, variables);
      if (id === undefined) throw badRequest('Unplayable Job');
      return ok(await answerJobNow(deps, request, project, id));
    },
  });

export const jobRoutes = (deps: PipelineRouteDeps): readonly Route[] => [
  listRoute(deps),
  pipelineJobsRoute(deps, 'jobs'),
  pipelineJobsRoute(deps, 'bridges'),
  showRoute(deps),
  cancelRoute(deps),
  retryRoute(deps),
  playRoute(deps),
];
