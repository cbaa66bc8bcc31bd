import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  type JobPayload,
  type JobRequestBody,
  type JobUpdateBody,
  RUNNER_HEADERS,
  type RunnerInfo,
} from '../../wire/runner-protocol.ts';
import { decodeJobPayload, type UnreadableJob } from './decode-payload.ts';
import { type HttpClient, type HttpReply, UnreachableError } from './http-client.ts';
import { askedWait, isRetriable, withRetries } from './retry.ts';

/** Which job a call is about, and its token. */
export interface JobKey {
  readonly id: number;
  readonly token: string;
}

export type JobRequestOutcome =
  | { readonly kind: 'job'; readonly payload: JobPayload; readonly correlationId: string | undefined }
  | { readonly kind: 'unreadable'; readonly job: UnreadableJob }
  | { readonly kind: 'none'; readonly cursor: string | undefined }
  /** 403: the token is dead. The only answer that makes the runner unhealthy. */
  | { readonly kind: 'forbidden' }
  /** Any other status; `wait`: milliseconds that the server asks for. */
  | { readonly kind: 'refused'; readonly status: number; readonly wait: number | undefined }
  | { readonly kind: 'unreachable'; readonly error: string };

/** What every answer to PUT and PATCH tells besides its own result. */
export interface JobNews {
  /** `Job-Status: canceling`: stop the user's script, run after_script. */
  readonly canceling: boolean;
  /** Seconds, from X-GitLab-Trace-Update-Interval. */
  readonly interval: number | undefined;
}

/** To be tried again. */
export interface CallFailure {
  readonly kind: 'failed';
  readonly error: string;
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | undefined;
  /** An answer that will be the same next time (400, 401), not an accident or an outage. */
  readonly isRefusal: boolean;
}

export type UpdateOutcome = JobNews &
  ({ readonly kind: 'ok' | 'accepted' | 'resend' | 'abort' | 'missing' } | CallFailure);

export type PatchOutcome = JobNews &
  ({ readonly kind: 'ok' | 'abort' | 'missing' } | { readonly kind: 'rewind'; readonly offset: number } | CallFailure);

export interface ArtifactUpload {
  readonly format: string;
  readonly type: string;
  readonly expireIn: string | undefined;
  readonly fileName: string;
  /** Makes the file's bytes anew for each attempt. */
  readonly content: () => Readable;
}

const isFinal = (headers: IncomingHttpHeaders): boolean => {
  const status = headers['job-status'];
  return status === 'canceled' || status === 'failed';
};

const newsOf = (headers: IncomingHttpHeaders): JobNews => {
  const interval = Number(headers[RUNNER_HEADERS.traceUpdateInterval.toLowerCase()]);
  return {
    canceling: headers['job-status'] === 'canceling',
    interval: Number.isInteger(interval) && interval > 0 ? Math.min(interval, 900) : undefined,
  };
};

const NO_NEWS: JobNews = { canceling: false, interval: undefined };

/** The runner's side of GitLab's runner protocol: one method per call, each answer judged as gitlab-runner judges it. */
export class Coordinator {
  readonly #http: HttpClient;
  readonly #token: string;
  readonly #systemId: string;
  readonly #info: RunnerInfo;

  constructor(http: HttpClient, token: string, systemId: string, info: RunnerInfo) {
    this.#http = http;
    this.#token = token;
    this.#systemId = systemId;
    this.#info = info;
  }

  /** `POST /jobs/request`; may be held by the server for a minute. Retriable statuses are left to the caller's loop. */
  async requestJob(cursor: string | undefined, signal: AbortSignal): Promise<JobRequestOutcome> {
    const body: JobRequestBody = {
      info: this.#info,
      token: this.#token,
      system_id: this.#systemId,
      ...(cursor === undefined ? {} : { last_update: cursor }),
    };
    const headers = { [RUNNER_HEADERS.runnerToken]: this.#token };
    try {
      const reply = await this.#http.send({ method: 'POST', path: 'jobs/request', ...json(body, headers), signal });
      if (reply.status === 201) return decodeJob(reply);
      if (reply.status === 204) return { kind: 'none', cursor: text(reply.headers['x-gitlab-last-update']) };
      if (reply.status === 403) return { kind: 'forbidden' };
      return { kind: 'refused', status: reply.status, wait: askedWait(reply.headers, Date.now()) };
    } catch (error) {
      if (error instanceof UnreachableError) return { kind: 'unreachable', error: error.message };
      throw error;
    }
  }

  /** `PUT /jobs/:id`. One attempt of the HTTP layer; repeating is the caller's. */
  async updateJob(
    job: JobKey,
    update: Omit<JobUpdateBody, 'token' | 'info'>,
    signal?: AbortSignal,
  ): Promise<UpdateOutcome> {
    const body: JobUpdateBody = { info: this.#info, token: job.token, ...update };
    const headers = { [RUNNER_HEADERS.jobToken]: job.token };
    try {
      const call = { method: 'PUT', path: `jobs/${job.id}`, ...json(body, headers), signal } as const;
      const reply = await this.#http.send(call);
      const news = newsOf(reply.headers);
      if (reply.status === 403 || isFinal(reply.headers)) return { ...news, kind: 'abort' };
      if (reply.status === 200) return { ...news, kind: 'ok' };
      if (reply.status === 202) return { ...news, kind: 'accepted' };
      if (reply.status === 404) return { ...news, kind: 'missing' };
      if (reply.status === 412) return { ...news, kind: 'resend' };
      return { ...news, ...failureOf(reply) };
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      return { ...NO_NEWS, ...outageOf(error) };
    }
  }

  /** `PATCH /jobs/:id/trace` with `bytes` (not empty) that belong at `offset`. */
  async patchTrace(
    job: JobKey,
    offset: number,
    bytes: Buffer,
    debug: boolean,
    signal?: AbortSignal,
  ): Promise<PatchOutcome> {
    const headers = {
      [RUNNER_HEADERS.jobToken]: job.token,
      [RUNNER_HEADERS.contentRange]: `${offset}-${offset + bytes.length - 1}`,
      'Content-Type': 'text/plain',
    };
    const path = `jobs/${job.id}/trace?debug_trace=${debug}`;
    try {
      const reply = await this.#http.send({ method: 'PATCH', path, headers, body: bytes, signal });
      const news = newsOf(reply.headers);
      if (reply.status === 403 || isFinal(reply.headers)) return { ...news, kind: 'abort' };
      if (reply.status === 202) return { ...news, kind: 'ok' };
      if (reply.status === 404) return { ...news, kind: 'missing' };
      if (reply.status === 416) return { ...news, kind: 'rewind', offset: storedSize(reply.headers) };
      return { ...news, ...failureOf(reply) };
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      return { ...NO_NEWS, ...outageOf(error) };
    }
  }

  /** `POST /jobs/:id/artifacts`: the file streamed as multipart, metadata in the query. Expected answer: 201. */
  async uploadArtifact(job: JobKey, upload: ArtifactUpload, signal: AbortSignal): Promise<HttpReply> {
    const query = new URLSearchParams();
    if (upload.format !== '') query.set('artifact_format', upload.format);
    if (upload.type !== '') query.set('artifact_type', upload.type);
    if (upload.expireIn !== undefined && upload.expireIn !== '') query.set('expire_in', upload.expireIn);
    const boundary = `penstock-${randomUUID()}`;
    return withRetries(
      () =>
        this.#http.send({
          method: 'POST',
          path: `jobs/${job.id}/artifacts?${query.toString()}`,
          headers: {
            [RUNNER_HEADERS.jobToken]: job.token,
            'Content-Type': `multipart/form-data; boundary=${boundary}`,
          },
          body: () => multipart(boundary, upload.fileName, upload.content()),
          signal,
        }),
      signal,
    );
  }

  /** `GET /jobs/:id/artifacts` with the dependency's id and token; the body is unread. */
  async openArtifact(dependency: JobKey, direct: boolean, signal: AbortSignal): Promise<IncomingMessage> {
    const path = `jobs/${dependency.id}/artifacts${direct ? '?direct_download=true' : ''}`;
    const headers = { [RUNNER_HEADERS.jobToken]: dependency.token };
    return this.#http.open({ method: 'GET', path, headers, signal });
  }
}

const json = (body: unknown, headers: Readonly<Record<string, string>>) => ({
  headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

const text = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const decodeJob = (reply: HttpReply): JobRequestOutcome => {
  const job = decodeJobPayload(reply.body.toString('utf8'));
  if ('field' in job) return { kind: 'unreadable', job };
  return { kind: 'job', payload: job, correlationId: text(reply.headers['x-request-id']) };
};

const failureOf = (reply: HttpReply): CallFailure => ({
  kind: 'failed',
  error: `status ${reply.status}`,
  wait: askedWait(reply.headers, Date.now()),
  isRefusal: reply.status < 500 && !isRetriable(reply.status),
});

const outageOf = (error: UnreachableError): CallFailure => ({
  kind: 'failed',
  error: error.message,
  wait: undefined,
  isRefusal: false,
});

/** `Range: 0-N`: N bytes are stored. Missing or unreadable means that the log starts over. */
const storedSize = (headers: IncomingHttpHeaders): number => Number(/^0-(\d+)$/.exec(headers.range ?? '')?.[1] ?? 0);

async function* parts(head: string, content: Readable, tail: string): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  for await (const chunk of content) yield Buffer.from(chunk);
  yield Buffer.from(tail);
}

const multipart = (boundary: string, fileName: string, content: Readable): Readable => {
  const name = fileName.replaceAll(/["\\\r\n]/g, '_');
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  return Readable.from(parts(head, content, `\r\n--${boundary}--\r\n`));
};
