import type { ApiReply, Guard, Route } from '../../http/index.ts';
import {
  boolean,
  empty,
  errorReply,
  Halt,
  integer,
  partial,
  rangeBeyond,
  rangeOf,
  route,
  stream,
} from '../../http/index.ts';
import { forbidden } from '../../kit/errors.ts';
import { RUNNER_HEADERS } from '../../wire/runner-protocol.ts';
import type { Status } from '../../wire/statuses.ts';
import { isExecuting } from '../../wire/statuses.ts';
import type { Job, PipelineGuards, RunnerJobSubject } from '../pipelines/index.ts';
import { findJobById } from '../pipelines/index.ts';
import { can } from '../projects/index.ts';
import type { AppendDeps, Appended } from './append-chunk.ts';
import { appendChunk, dropFloodingJob, exceedsLimit } from './append-chunk.ts';
import { parseChunkStart } from './content-range.ts';
import type { ReadTraceDeps } from './read-trace.ts';
import { findTraceSize, readTrace } from './read-trace.ts';
import { recordWatcher } from './store.ts';

export interface TraceRouteDeps extends AppendDeps, ReadTraceDeps {
  readonly runnerJob: Guard<RunnerJobSubject>;
  readonly guards: Pick<PipelineGuards, 'job'>;
  /** Asked of the runners, which stand above: a chunk shows that the job's runner is alive. */
  readonly touchRunner: (job: Job, now: Date) => Promise<void>;
}

/** Largest body of one PATCH, in bytes; the official runner sends 1 MiB. */
const MAX_CHUNK = 8 * 1024 * 1024;
/** Seconds between two chunks while somebody reads the log, and otherwise (GitLab's 60 would delay a cancel by as much). */
const UPDATE_INTERVAL = { watched: 3, unwatched: 10 } as const;
/** Milliseconds that a read counts as watching, and between two notes of it. */
const WATCHED_FOR = 30_000;
const WATCH_NOTED_EVERY = 5_000;

/**
 * `PATCH /jobs/:id/trace`, the runner's log in pieces. 202: the log ends where the piece does. 416 with the next expected
 * offset: it does not, nothing was written. 403: the job is not the runner's any more, or its log is too large.
 */
const patchRoute = (deps: TraceRouteDeps): Route =>
  route({
    method: 'PATCH',
    path: '/jobs/:id/trace',
    summary: 'A runner sends a piece of its job log',
    params: { id: integer({ required: true }), debug_trace: boolean({ default: false }) },
    body: 'stream',
    guard: deps.runnerJob,
    handler: async ({ subject, params, request }) => {
      const { job } = subject;
      const start = chunkStart(request.headers['content-range']);
      if (exceedsLimit(deps, start, request.body.length ?? 0)) return refuseFlood(deps, job);
      const data = await request.body.bytes(MAX_CHUNK);
      if (exceedsLimit(deps, start, data.byteLength)) return refuseFlood(deps, job);
      const appended = await appendChunk(deps, job, { start, data, debugTrace: params.debug_trace });
      if (appended.kind === 'not_running') throw forbidden('Job is not running', await presentStatus(deps, job));
      await deps.touchRunner(job, deps.clock.now());
      return answerChunk(appended, deps.clock.now());
    },
  });

function chunkStart(header: string | undefined): number {
  if (header === undefined) throw new Halt(errorReply(400, '400 Missing header Content-Range'));
  const start = parseChunkStart(header);
  if (start === undefined) throw new Halt(errorReply(400, '400 Invalid header Content-Range'));
  return start;
}

const statusHeader = (status: Status) => ({ [RUNNER_HEADERS.jobStatus]: status });

async function refuseFlood(deps: TraceRouteDeps, job: Job): Promise<never> {
  throw forbidden(undefined, statusHeader(await dropFloodingJob(deps, job)));
}

async function presentStatus(deps: TraceRouteDeps, job: Job) {
  return statusHeader((await findJobById(deps.db, job.id))?.status ?? job.status);
}

function answerChunk(appended: Exclude<Appended, { readonly kind: 'not_running' }>, now: Date): ApiReply {
  const { kind, status, size, watchedAt } = appended;
  const watched = watchedAt !== null && now.getTime() - watchedAt.getTime() < WATCHED_FOR;
  const headers = {
    ...statusHeader(status),
    [RUNNER_HEADERS.range]: `0-${size}`,
    [RUNNER_HEADERS.traceUpdateInterval]: String(watched ? UPDATE_INTERVAL.watched : UPDATE_INTERVAL.unwatched),
  };
  return kind === 'ok'
    ? empty(202, headers)
    : { ...errorReply(416, '416 Range Not Satisfiable'), headers: { 'Content-Type': 'application/json', ...headers } };
}

/**
 * `GET /projects/:id/jobs/:job_id/trace`: the log as it is now, byte for byte as the runner sent it; empty when there is
 * none. `Range` works, so that a client can follow a growing log.
 */
const readRoute = (deps: TraceRouteDeps): Route =>
  route({
    method: 'GET',
    path: '/projects/:id/jobs/:job_id/trace',
    summary: 'The log of a job',
    params: { job_id: integer({ required: true }) },
    guard: deps.guards.job('read_build'),
    handler: async ({ subject, request }) => {
      const { actor, project, role, job } = subject;
      if (job.debugTrace && !can(actor, 'read_protected_job_output', project, role)) throw forbidden();
      if (isExecuting(job.status)) await noteWatcher(deps, job);
      const size = await findTraceSize(deps.db, job.id);
      const wish = rangeOf(request, size);
      if (wish.kind === 'beyond') return rangeBeyond(size);
      const range = wish.kind === 'part' ? wish : { start: 0, end: size };
      const whole = stream(200, readTrace(deps, job.id, range), {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Disposition': `infile; filename="${job.id}.log"`,
        'Content-Length': size,
        'Accept-Ranges': 'bytes',
      });
      return wish.kind === 'part' ? partial(whole, range.start, range.end, size) : whole;
    },
  });

async function noteWatcher(deps: TraceRouteDeps, job: Job): Promise<void> {
  const now = deps.clock.now();
  await recordWatcher(deps.db, job.id, now, new Date(now.getTime() - WATCH_NOTED_EVERY));
}

/** The job log: the runner's end and the readers' end. */
export const traceRoutes = (deps: TraceRouteDeps): readonly Route[] => [patchRoute(deps), readRoute(deps)];
