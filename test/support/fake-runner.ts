import { crc32 } from 'node:zlib';
import type { JobPayload, RunnerFeature } from '../../src/wire/runner-protocol.ts';
import { payloadProblems } from './check-payload.ts';
import { type Answer, type Http, httpCaller } from './http-caller.ts';

/** What the shell executor of gitlab-runner 19.4 says of itself. */
export const SHELL_FEATURES: readonly RunnerFeature[] = [
  'variables',
  'artifacts',
  'cache',
  'fallback_cache_keys',
  'shared',
  'upload_multiple_artifacts',
  'upload_raw_artifacts',
  'session',
  'terminal',
  'refspecs',
  'masking',
  'raw_variables',
  'artifacts_exclude',
  'multi_build_steps',
  'trace_reset',
  'trace_checksum',
  'trace_size',
  'vault_secrets',
  'cancelable',
  'return_exit_code',
  'cancel_gracefully',
  'native_steps_integration',
  'two_phase_job_commit',
  'job_inputs',
];

export interface FakeRunnerOptions {
  /** Tells apart the processes that share one token. */
  readonly systemId?: string;
  readonly features?: readonly RunnerFeature[];
}

/** How a job of a test ends. `exit`: the script's exit code; `reason`: anything that a runner may say. */
export type Outcome = 'success' | { readonly exit?: number; readonly reason?: string };

export const FAILED: Outcome = { exit: 1 };

export interface RequestOptions {
  /** The cursor of an earlier answer: the server may hold the request. */
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal;
}

const isPayload = (body: unknown): body is JobPayload => payloadProblems(body).length === 0;

/** Speaks the runner's protocol by hand and runs nothing. Every job that it gets is checked for its types. */
export class FakeRunner {
  readonly id: number;
  readonly token: string;
  readonly #http: Http;
  readonly #options: FakeRunnerOptions;

  constructor(url: string, runner: { readonly id: number; readonly token: string }, options: FakeRunnerOptions = {}) {
    this.id = runner.id;
    this.token = runner.token;
    this.#http = httpCaller(url);
    this.#options = options;
  }

  get info(): object {
    const { features = SHELL_FEATURES } = this.#options;
    return {
      name: 'gitlab-runner',
      version: '19.4.0',
      revision: 'd79f3e7b',
      platform: 'linux',
      architecture: 'amd64',
      executor: 'shell',
      shell: 'bash',
      features: Object.fromEntries(features.map((name) => [name, true])),
      config: { gpus: '' },
    };
  }

  /** What all its calls have in common. */
  get identity(): object {
    return { info: this.info, token: this.token, system_id: this.#options.systemId ?? 's_0123456789ab' };
  }

  /** `POST /jobs/request`, whatever comes of it. */
  request({ cursor, signal }: RequestOptions = {}): Promise<Answer> {
    return this.#http('POST', '/jobs/request', {
      json: { ...this.identity, ...(cursor !== undefined && { last_update: cursor }) },
      headers: { 'RUNNER-TOKEN': this.token, Accept: 'application/json' },
      ...(signal !== undefined && { signal }),
    });
  }

  /** The next job, or undefined. Throws for a job that the official runner could not decode. */
  async take(options: RequestOptions = {}): Promise<FakeJob | undefined> {
    const answer = await this.request(options);
    if (answer.status === 204) return undefined;
    return new FakeJob(this.#http, FakeRunner.payloadOf(answer), this.info);
  }

  /** The job of a 201. */
  static payloadOf(answer: Answer): JobPayload {
    const { body } = answer.must(201);
    if (!isPayload(body)) throw new Error(payloadProblems(body).join('\n'));
    return body;
  }

  /** The next job, which must be there and, where a name is given, be that one. */
  async mustTake(name?: string): Promise<FakeJob> {
    const job = await this.take();
    if (job === undefined) throw new Error(`no job for the runner${name === undefined ? '' : `, wanted ${name}`}`);
    if (name !== undefined && job.name !== name) throw new Error(`got the job ${job.name}, wanted ${name}`);
    return job;
  }

  /**
   * Takes and finishes one job after the other until there is none. Answers their names in that order. Jobs that are not
   * named succeed; one with several outcomes has them attempt by attempt, the last for all that follow.
   */
  async work(outcomes: Readonly<Record<string, Outcome | readonly Outcome[]>> = {}): Promise<readonly string[]> {
    const attempts = new Map<string, number>();
    const names: string[] = [];
    for (let job = await this.take(); job !== undefined; job = await this.take()) {
      const attempt = attempts.get(job.name) ?? 0;
      attempts.set(job.name, attempt + 1);
      names.push(job.name);
      const outcome = outcomes[job.name] ?? 'success';
      await job.start();
      await job.end(isSeries(outcome) ? (outcome[attempt] ?? outcome.at(-1) ?? 'success') : outcome);
    }
    return names;
  }
}

const isSeries = (outcome: Outcome | readonly Outcome[]): outcome is readonly Outcome[] => Array.isArray(outcome);

/** A job in the hands of a fake runner. */
export class FakeJob {
  readonly payload: JobPayload;
  readonly #http: Http;
  readonly #info: object;
  #log = Buffer.alloc(0);

  constructor(http: Http, payload: JobPayload, info: object) {
    this.#http = http;
    this.payload = payload;
    this.#info = info;
  }

  get id(): number {
    return this.payload.id;
  }

  get name(): string {
    return this.payload.job_info.name;
  }

  get token(): string {
    return this.payload.token;
  }

  /** What the job's shell would see of a variable: the last definition wins. */
  variable(key: string): string | undefined {
    return this.payload.variables.findLast((variable) => variable.key === key)?.value;
  }

  /** `PUT /jobs/:id`, whatever comes of it. */
  put(state: string, fields: object = {}): Promise<Answer> {
    return this.#http('PUT', `/jobs/${this.id}`, {
      json: { info: this.#info, token: this.token, state, ...fields },
      headers: { 'JOB-TOKEN': this.token },
    });
  }

  /** The first PUT, which says that the runner has it. */
  async start(): Promise<Answer> {
    return (await this.put('running', { output: {} })).must(200);
  }

  /** The last PUT, as the official runner sends it. */
  async end(outcome: Outcome): Promise<Answer> {
    const checksum = `crc32:${crc32(this.#log).toString(16).padStart(8, '0')}`;
    const output = { checksum, ...(this.#log.length > 0 && { bytesize: this.#log.length }) };
    if (outcome === 'success') return (await this.put('success', { checksum, output })).must(200);
    const { exit = 0, reason = 'script_failure' } = outcome;
    const failure = { failure_reason: reason, ...(exit !== 0 && { exit_code: exit }) };
    return (await this.put('failed', { checksum, output, ...failure })).must(200);
  }

  succeed(): Promise<Answer> {
    return this.end('success');
  }

  fail(exit = 1, reason = 'script_failure'): Promise<Answer> {
    return this.end({ exit, reason });
  }

  /** `PATCH /jobs/:id/trace` with these bytes at this place, whatever comes of it. */
  patch(
    bytes: Uint8Array<ArrayBuffer>,
    first: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.#http('PATCH', `/jobs/${this.id}/trace?debug_trace=false`, {
      raw: bytes,
      headers: {
        'JOB-TOKEN': this.token,
        'Content-Type': 'text/plain',
        'Content-Range': `${first}-${first + bytes.length - 1}`,
        ...headers,
      },
    });
  }

  /** Adds to the log. */
  async log(text: string): Promise<Answer> {
    const bytes = Buffer.from(text);
    const answer = await this.patch(bytes, this.#log.length);
    this.#log = Buffer.concat([this.#log, bytes]);
    return answer.must(202);
  }

  /** `POST /jobs/:id/artifacts` with one file. `query`: `artifact_type`, `artifact_format`, `expire_in`. */
  upload(
    content: Uint8Array<ArrayBuffer>,
    filename: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const multipart = new FormData();
    multipart.append('file', new Blob([content], { type: 'application/octet-stream' }), filename);
    return this.#http('POST', `/jobs/${this.id}/artifacts`, { query, multipart, headers: { 'JOB-TOKEN': this.token } });
  }

  /** `GET /jobs/:id/artifacts` of another job with this job's token. */
  download(jobId: number): Promise<Answer> {
    return this.#http('GET', `/jobs/${jobId}/artifacts?direct_download=true`, { headers: { 'JOB-TOKEN': this.token } });
  }
}
