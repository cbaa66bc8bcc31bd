import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import yazl from 'yazl';
import { publishTo } from '../../src/events/index.ts';
import { createHttpServer } from '../../src/http/index.ts';
import type { JobId, PipelineId } from '../../src/kit/ids.ts';
import { FileBlobStore } from '../../src/platform/blobs/index.ts';
import { createVault, digestOf, parseKeyring, randomToken } from '../../src/platform/secrets/index.ts';
import { createPersonalToken, createUser, type User } from '../../src/rooms/accounts/index.ts';
import { artifactRoutes, findArtifactBelongings } from '../../src/rooms/artifacts/index.ts';
import type { FindJobBelongings, Job } from '../../src/rooms/pipelines/index.ts';
import { findExecutingJobByToken, findJobById, pipelineGuards, runnerJob } from '../../src/rooms/pipelines/index.ts';
import { createProject, type Project, projectGuards, type Role } from '../../src/rooms/projects/index.ts';
import { openRepositories, projectRepositories } from '../../src/rooms/repositories/index.ts';
import { traceRoutes } from '../../src/rooms/traces/index.ts';
import { testDatabase } from './database.ts';
import { temporaryFolder } from './git-client.ts';
import { Answer } from './http-caller.ts';
import { MovableClock } from './movable-clock.ts';

export interface JobRequest {
  readonly name?: string;
  readonly status?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly coverageRegex?: string;
  readonly userId?: number;
  readonly ref?: string;
}

/** A job in the hands of a runner. */
export interface RunningJob {
  readonly id: JobId;
  readonly token: string;
}

export interface RawCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Files of a test as a zip. */
export const zipOf = async (files: Readonly<Record<string, string>>): Promise<Buffer> => {
  const zip = new yazl.ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return buffer(zip.outputStream);
};

/** A multipart body with one file, as gitlab-runner sends it. */
export const multipartOf = (file: Uint8Array, filename: string, field = 'file'): RawCall => {
  const boundary = 'b0undary';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
};

/** A dotenv report as the runner sends it: a gzip member a file. */
export const dotenvOf = (...files: readonly string[]): Buffer => Buffer.concat(files.map((text) => gzipSync(text)));

/** The rooms traces and artifacts behind real HTTP, on a database and blob folder of their own. */
export const startJobServer = async (limits: { maxTraceBytes?: number; maxArtifactBytes?: number } = {}) => {
  const database = await testDatabase();
  const { db } = database;
  const folder = temporaryFolder('jobs');
  const clock = new MovableClock();
  const blobs = new FileBlobStore(join(folder, 'blobs'));
  const vault = createVault(parseKeyring(`1:${Buffer.alloc(32, 'k').toString('base64')}`, 'test'));
  const repositories = openRepositories(join(folder, 'repositories'));
  const faults: object[] = [];
  const warnings: object[] = [];
  const touched: JobId[] = [];
  const log = {
    info: () => undefined,
    warn: (fields: object) => void warnings.push(fields),
    error: (fields: object) => void faults.push(fields),
  };
  const authenticate = {
    db,
    clock,
    findExecutingJobByToken: (digest: Uint8Array) => findExecutingJobByToken(db, digest),
  };
  const project = projectGuards(authenticate);
  const jobBelongings: FindJobBelongings = async (jobs) => {
    const found = await findArtifactBelongings(
      { db, clock },
      jobs.map((job) => job.id),
    );
    return new Map([...found].map(([id, own]) => [id, { ...own, runner: null, runnerManager: null }]));
  };
  const deps = {
    ...limits,
    db,
    clock,
    blobs,
    vault,
    repositories,
    authenticate,
    jobBelongings,
    log,
    publish: publishTo([]),
    guards: { ...pipelineGuards({ db, project, findMergeRequestFacts: async () => undefined }), project },
    runnerJob: runnerJob({ db }),
    touchRunner: async (job: Job) => void touched.push(job.id),
  };
  const http = createHttpServer({ routes: [...traceRoutes(deps), ...artifactRoutes(deps)], log });
  const { url, port } = await http.listen({ host: '127.0.0.1', port: 0 });

  /** As the bytes are: fetch would clean the path. `path` under `/api/v4`. */
  const raw = (method: string, path: string, { headers = {}, body }: RawCall = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port, method, path: `/api/v4${path}`, headers, agent: false };
      const sent = httpRequest(target, (response) => {
        buffer(response).then((bytes) => {
          const answered = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
          resolve(new Answer(response.statusCode ?? 0, new Headers([...answered].map((pair) => [...pair])), bytes));
        }, reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const addUser = async (username: string): Promise<{ readonly user: User; readonly token: string }> => {
    const email = `${username}@example.com`;
    const user = await createUser(
      { db, clock, publish: async () => undefined },
      { username, name: username, email, password: undefined },
    );
    const { token } = await createPersonalToken({ db, clock }, user, { name: 't', scopes: ['api'], expiresAt: null });
    return { user, token };
  };

  const addProject = (owner: User, name: string, visibility: 'private' | 'public' = 'private'): Promise<Project> =>
    createProject(
      {
        db,
        clock,
        publish: async () => undefined,
        repositories: projectRepositories({ ...repositories, clock, moveRefs: async () => undefined }),
      },
      owner,
      {
        name,
        settings: { visibility },
      },
    );

  const addMember = async (to: Project, user: User, accessLevel: Role): Promise<void> => {
    await db
      .insertInto('project_members')
      .values({ project_id: to.id, user_id: user.id, access_level: accessLevel, created_at: clock.now() })
      .execute();
  };

  const addPipeline = async (of: Project, status: string, ref = 'main'): Promise<PipelineId> => {
    const { rows } = await sql<{ readonly id: number }>`
      insert into pipelines (project_id, iid, ref, sha, before_sha, source, status, created_at, updated_at)
      select ${of.id}, coalesce(max(iid), 0) + 1, ${ref}, ${'a'.repeat(40)}, ${'0'.repeat(40)}, 'push', ${status},
        ${clock.now()}::timestamptz, ${clock.now()}::timestamptz
      from pipelines where project_id = ${of.id} returning id`.execute(db);
    const id = rows[0]!.id as PipelineId;
    await db.insertInto('stages').values({ pipeline_id: id, name: 'test', position: 0, status }).execute();
    return id;
  };

  /** A job with a token of its own; by default it is running. */
  const addJob = async (pipelineId: PipelineId, request: JobRequest = {}): Promise<RunningJob> => {
    const token = randomToken('glcbt-64_');
    const now = clock.now();
    const { status = 'running', name = 'build', coverageRegex = null } = request;
    const options = { beforeScript: [], script: ['true'], afterScript: [], ...request.options };
    const { rows } = await sql<{ readonly id: number }>`
      insert into jobs (
        project_id, pipeline_id, stage_id, stage_idx, name, status, when_, scheduling_type, ref, user_id, options,
        coverage_regex, token_digest, started_at, created_at, updated_at, queued_at
      )
      select pipelines.project_id, pipelines.id, stages.id, 0, ${name}, ${status}, 'on_success', 'stage', pipelines.ref,
        coalesce(${request.userId ?? null}::bigint, projects.creator_id), ${JSON.stringify(options)}::jsonb,
        ${coverageRegex}, ${digestOf(token)}, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz,
        ${now}::timestamptz
      from pipelines
      join stages on stages.pipeline_id = pipelines.id
      join projects on projects.id = pipelines.project_id
      where pipelines.id = ${pipelineId} returning id`.execute(db);
    return { id: rows[0]!.id as JobId, token };
  };

  const setStatus = async (id: JobId, status: string): Promise<void> => {
    await db.updateTable('jobs').set({ status, finished_at: clock.now() }).where('id', '=', id).execute();
  };

  const getJob = async (id: JobId): Promise<Job> => {
    const job = await findJobById(db, id);
    if (job === undefined) throw new Error(`job ${id} is gone`);
    return job;
  };

  /** `PATCH …/trace` as the runner sends it. */
  const patch = (job: RunningJob, start: number, data: string | Buffer, query = ''): Promise<Answer> => {
    const body = Buffer.from(data);
    const range = `${start}-${start + body.length - 1}`;
    const headers = { 'Job-Token': job.token, 'Content-Type': 'text/plain', 'Content-Range': range };
    return raw('PATCH', `/jobs/${job.id}/trace${query}`, { headers, body });
  };

  const upload = (job: RunningJob, file: Uint8Array, query = '', filename = 'artifacts.zip'): Promise<Answer> => {
    const { headers, body = '' } = multipartOf(file, filename);
    return raw('POST', `/jobs/${job.id}/artifacts${query}`, { headers: { ...headers, 'Job-Token': job.token }, body });
  };

  /** A GET by personal token, or by nobody. */
  const get = (path: string, token?: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    raw('GET', path, { headers: { ...headers, ...(token !== undefined && { 'Private-Token': token }) } });

  return {
    url,
    port,
    db,
    pool: database.pool,
    folder,
    clock,
    blobs,
    vault,
    deps,
    faults,
    warnings,
    touched,
    raw,
    get,
    patch,
    upload,
    addUser,
    addProject,
    addMember,
    addPipeline,
    addJob,
    setStatus,
    getJob,
    close: async (): Promise<void> => {
      await http.close(2000);
      repositories.git.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type JobServer = Awaited<ReturnType<typeof startJobServer>>;
