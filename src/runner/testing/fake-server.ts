import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { JobPayload, JobUpdateBody } from '../../wire/runner-protocol.ts';

/** One uploaded artifact as the fake server saw it. */
export interface SeenArtifact {
  readonly query: URLSearchParams;
  readonly fileName: string;
  readonly content: Buffer;
}

/** What the fake server knows of one job. */
export interface SeenJob {
  readonly payload: JobPayload;
  readonly updates: JobUpdateBody[];
  /** The log as stored. */
  log: Buffer;
  /** Sizes of the PATCHes that were stored. */
  readonly patches: number[];
  readonly artifacts: SeenArtifact[];
  /** Sent as Job-Status. */
  status: string;
  /** The answer to PUT, PATCH and uploads is 403. */
  isDead: boolean;
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

/** A server that speaks just enough of the runner protocol, and keeps all it heard. Closes and comes back on one port. */
export class FakeServer {
  readonly jobs = new Map<number, SeenJob>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #queue: JobPayload[] = [];
  readonly #archives = new Map<number, Buffer>();
  /** Answers that are given once instead of the ordinary ones, by method and path. */
  readonly #once: { readonly method: string; readonly path: RegExp; readonly handler: Handler }[] = [];
  #server: Server | undefined;
  #port = 0;
  #cursor = 1;
  /** Bare repositories are served from here, as `/<name>.git`. */
  #repositories = '';
  polls = 0;
  /** Git requests: path and the Authorization header. */
  readonly gitRequests: { readonly path: string; readonly authorization: string | undefined }[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => {
      this.#route(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
    server.keepAliveTimeout = 95_000;
    server.requestTimeout = 0;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Cuts all connections, as a killed server does. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    this.#server = undefined;
  }

  /** Like a restart with `PENSTOCK_PORT=0`. */
  async moveToOtherPort(): Promise<void> {
    await this.close();
    this.#port = 0;
    await this.open();
  }

  serveRepositories(folder: string): void {
    this.#repositories = folder;
  }

  enqueue(payload: JobPayload): SeenJob {
    const job: SeenJob = {
      payload,
      updates: [],
      log: Buffer.alloc(0),
      patches: [],
      artifacts: [],
      status: 'running',
      isDead: false,
    };
    this.jobs.set(payload.id, job);
    this.#queue.push(payload);
    this.#cursor += 1;
    this.#changed();
    return job;
  }

  /** Gives this archive to whoever downloads the artifacts of that job. */
  offerArtifacts(jobId: number, archive: Buffer): void {
    this.#archives.set(jobId, archive);
  }

  /** Handles the next request that fits by `handler`, once. */
  answerOnce(method: string, path: RegExp, handler: Handler): void {
    this.#once.push({ method, path, handler });
  }

  /** Settles when the condition holds; looked at after every request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#events, 'changed');
  }

  /** Settles with the final PUT of a job. */
  async untilFinished(job: SeenJob): Promise<JobUpdateBody> {
    const final = (): JobUpdateBody | undefined => job.updates.find((update) => update.state !== 'running');
    await this.until(() => final() !== undefined);
    const update = final();
    if (update === undefined) throw new Error('unreachable');
    return update;
  }

  #changed(): void {
    this.#events.emit('changed');
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const index = this.#once.findIndex(({ method, path }) => request.method === method && path.test(url.pathname));
    const [special] = index < 0 ? [] : this.#once.splice(index, 1);
    if (special !== undefined) await special.handler(request, response, url);
    else await this.#ordinary(request, response, url);
    this.#changed();
  }

  async #ordinary(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, id, what] = /^\/api\/v4\/jobs\/(\d+)(?:\/(trace|artifacts))?$/.exec(url.pathname) ?? [];
    if (url.pathname === '/api/v4/jobs/request') return this.#request(request, response);
    if (request.method === 'GET' && what === 'artifacts') return this.#download(Number(id), request, response);
    if (this.#repositories !== '' && id === undefined) return this.#git(request, response, url);
    const job = this.jobs.get(Number(id));
    const body = await readBody(request);
    if (job === undefined) return void response.writeHead(404).end();
    const headers = { 'Job-Status': job.status };
    const bodyToken = what === undefined ? asUpdate(body).token : job.payload.token;
    if (request.headers['job-token'] !== job.payload.token || bodyToken !== job.payload.token || job.isDead) {
      return void response.writeHead(403, headers).end();
    }
    if (what === undefined) {
      job.updates.push(asUpdate(body));
      return void response.writeHead(200, headers).end('200');
    }
    if (what === 'trace') return patchTrace(job, request, response, body);
    job.artifacts.push(parseUpload(url.searchParams, request, body));
    response.writeHead(201, { ...headers, 'Content-Type': 'application/json' }).end('{}');
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse((await readBody(request)).toString('utf8'));
    this.polls += 1;
    if (body.last_update === String(this.#cursor)) {
      const gone = once(response, 'close');
      await Promise.race([this.until(() => body.last_update !== String(this.#cursor)), gone]);
      if (response.destroyed) return;
    }
    const payload = this.#queue.shift();
    if (payload === undefined) {
      response.writeHead(204, { 'X-GitLab-Last-Update': String(this.#cursor) }).end();
    } else {
      response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(payload));
    }
  }

  #download(id: number, request: IncomingMessage, response: ServerResponse): void {
    const archive = this.#archives.get(id);
    if (request.headers['job-token'] === undefined) response.writeHead(401).end();
    else if (archive === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': 'application/zip' }).end(archive);
  }

  /** CGI for `git http-backend`. */
  async #git(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { authorization } = request.headers;
    this.gitRequests.push({ path: url.pathname, authorization });
    if (authorization === undefined) return void response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end();
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GIT_PROJECT_ROOT: this.#repositories,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    backend.stdin.on('error', () => {});
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    for await (const chunk of backend.stdout) chunks.push(Buffer.from(chunk));
    const answer = Buffer.concat(chunks);
    const split = answer.indexOf('\r\n\r\n');
    const headers = answer.subarray(0, split).toString('latin1').split('\r\n');
    let status = 200;
    for (const line of headers) {
      const [name = '', value = ''] = line.split(/: (.*)/s);
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status).end(answer.subarray(split + 4));
  }
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const asUpdate = (body: Buffer): JobUpdateBody => JSON.parse(body.toString('utf8'));

/** GitLab's algorithm: the start and the body's length count, the size stored afterwards decides the answer. */
const patchTrace = (job: SeenJob, request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(request.headers['content-range'] ?? '') ?? [];
  const start = Number(first);
  if (first === undefined || Number(last) !== start + body.length - 1) {
    response.writeHead(400).end();
    return;
  }
  if (job.log.length === start) {
    job.log = Buffer.concat([job.log, body]);
    job.patches.push(body.length);
  }
  const isStored = job.log.length === start + body.length;
  response.writeHead(isStored ? 202 : 416, { 'Job-Status': job.status, Range: `0-${job.log.length}` }).end();
};

const parseUpload = (query: URLSearchParams, request: IncomingMessage, body: Buffer): SeenArtifact => {
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const head = body.indexOf('\r\n\r\n');
  const tail = body.lastIndexOf(`\r\n--${boundary}--`);
  const fileName = /name="file"; filename="([^"]*)"/.exec(body.subarray(0, head).toString('utf8'))?.[1] ?? '';
  return { query, fileName, content: body.subarray(head + 4, tail) };
};
