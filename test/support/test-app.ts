import { rmSync } from 'node:fs';
import { Writable } from 'node:stream';
import { Background } from '../../src/app/background.ts';
import { makeParts, type Parts } from '../../src/app/parts.ts';
import { ringOnPendingJobs } from '../../src/app/ring-on-pending-jobs.ts';
import { makeRoutes } from '../../src/app/routes.ts';
import { makeTicks } from '../../src/app/ticks.ts';
import type { Subscriber } from '../../src/events/index.ts';
import { createHttpServer } from '../../src/http/index.ts';
import type { ProjectId } from '../../src/kit/ids.ts';
import { createLogger } from '../../src/platform/log.ts';
import { parseAllowedTargets, type ResolveHost } from '../../src/platform/net/index.ts';
import type { Database } from '../../src/platform/postgres/index.ts';
import { createVault, parseKeyring } from '../../src/platform/secrets/index.ts';
import {
  type CreateUserRequest,
  createPersonalToken,
  createUser,
  type TokenScope,
  type User,
} from '../../src/rooms/accounts/index.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { FakeRunner, type FakeRunnerOptions } from './fake-runner.ts';
import { temporaryFolder } from './git-client.ts';
import { type Http, httpCaller } from './http-caller.ts';
import { MovableClock } from './movable-clock.ts';
import type { Person } from './person.ts';
import { type Files, type TestPipeline, TestProject } from './test-project.ts';

/** What users, jobs and runners are told; the sockets are elsewhere (`url`). */
export type { Person } from './person.ts';

export const EXTERNAL_URL = 'https://ci.example.com';

/** A pipeline that has just been made, its project, and a runner that serves this project only. */
export interface Scene {
  readonly project: TestProject;
  readonly pipeline: TestPipeline;
  readonly runner: FakeRunner;
}

interface Shared {
  readonly database: Database;
  readonly clock: MovableClock;
  /** The data folder. */
  readonly folder: string;
  /** As PENSTOCK_OUTBOUND_ALLOW. */
  readonly outboundAllow: string;
  /** Hear of facts after the rooms. */
  readonly subscribers: readonly Subscriber[];
  /** How hooks find the addresses of names; undefined: as this machine does. */
  readonly resolveHost: ResolveHost | undefined;
}

/** One server: its parts behind real HTTP, its bell on the database's NOTIFY. No ticks, no runner. */
const serve = async ({ database, clock, folder, outboundAllow, subscribers, resolveHost }: Shared) => {
  const faults: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      faults.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ level: 'error' }, sink);
  const background = new Background(log);
  const vault = createVault(parseKeyring(`1:${Buffer.alloc(32, 'k').toString('base64')}`, 'test'));
  const parts: Parts = makeParts({
    database,
    clock,
    log,
    vault,
    background,
    dataDir: folder,
    externalUrl: EXTERNAL_URL,
    outboundAllow: parseAllowedTargets(outboundAllow),
    resolveHost,
    subscribers,
  });
  await parts.presence.open();
  const routes = makeRoutes(parts);
  const server = createHttpServer({
    routes: routes.api,
    siteRoutes: routes.site,
    throttle: routes.throttle,
    log,
    externalUrl: EXTERNAL_URL,
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const unlisten = await ringOnPendingJobs(database, parts.bell);
  return {
    url,
    parts,
    /** Errors that were logged. A test that expects some takes them out (`splice`); others fail the suite at its end. */
    faults,
    /** Waits for what requests have started and not waited for. */
    settle: (): Promise<void> => background.settle(),
    close: async (): Promise<void> => {
      await unlisten();
      await parts.drains.stop(0);
      await server.close(5000);
      await background.settle();
      parts.presence.close();
      parts.repositories.git.close();
      if (faults.length > 0) throw new Error(`the server logged errors:\n${faults.join('')}`);
    },
  };
};

export type TestServer = Awaited<ReturnType<typeof serve>>;

/**
 * The whole server in this process: real database, real git, real HTTP, a clock that stands still until the test moves it.
 * Neither ticks nor a runner: tests call the sweeps, and are the runner. Call `close` when the file is done.
 */
export class TestApp {
  readonly database: TestDatabase;
  readonly clock: MovableClock;
  readonly http: Http;
  readonly #shared: Shared;
  readonly #server: TestServer;
  readonly #others: TestServer[] = [];
  #count = 0;
  #root: Promise<Person> | undefined;

  constructor(database: TestDatabase, shared: Shared, server: TestServer) {
    this.database = database;
    this.clock = shared.clock;
    this.#shared = shared;
    this.#server = server;
    this.http = httpCaller(server.url);
  }

  get url(): string {
    return this.#server.url;
  }

  get parts(): Parts {
    return this.#server.parts;
  }

  get db(): Parts['db'] {
    return this.parts.db;
  }

  /** The data folder. */
  get dataDir(): string {
    return this.#shared.folder;
  }

  get faults(): string[] {
    return this.#server.faults;
  }

  settle(): Promise<void> {
    return this.#server.settle();
  }

  /** Another server on the same database and data folder, closed with this one. */
  async startAnother(): Promise<TestServer> {
    const server = await serve(this.#shared);
    this.#others.push(server);
    return server;
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled([this.#server, ...this.#others].map((server) => server.close()));
    await this.database.drop();
    rmSync(this.#shared.folder, { recursive: true, force: true });
    for (const end of closed) if (end.status === 'rejected') throw end.reason;
  }

  async addPerson(username: string, options: Partial<CreateUserRequest> = {}): Promise<Person> {
    const request = { username, name: `${username}'s name`, email: `${username}@example.com`, password: undefined };
    const user = await createUser(this.parts, { ...request, ...options });
    return { user, token: await this.addToken(user) };
  }

  async addToken(user: User, scopes: readonly TokenScope[] = ['api']): Promise<string> {
    return (await createPersonalToken(this.parts, user, { name: 'test', scopes, expiresAt: null })).token;
  }

  /** An administrator. */
  root(): Promise<Person> {
    this.#root ??= this.addPerson('root', { admin: true });
    return this.#root;
  }

  /** A project with a first commit on `main`: these files, or this configuration. Nothing runs because of it. */
  async addProject(
    files: Files | string,
    options: {
      readonly owner?: Person;
      readonly path?: string;
      readonly settings?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<TestProject> {
    this.#count += 1;
    const owner = options.owner ?? (await this.addPerson(`owner-${this.#count}`));
    const path = options.path ?? `project-${this.#count}`;
    const form = { path, ...options.settings };
    const made = (await this.http('POST', '/projects', { as: owner, form })).must(201);
    const id = made.number('id') as ProjectId;
    const place = { id, fullPath: made.string('path_with_namespace') };
    const project = new TestProject({ http: this.http, parts: this.parts }, place, owner);
    await project.commit(files, { message: 'First commit' });
    return project;
  }

  /** A runner of the project, or of the whole instance. `settings`: as `POST /user/runners` takes them. */
  async addRunner(
    of: TestProject | 'instance',
    settings: Readonly<Record<string, string>> = {},
    options: FakeRunnerOptions & { readonly url?: string } = {},
  ): Promise<FakeRunner> {
    const form =
      of === 'instance'
        ? { runner_type: 'instance_type', ...settings }
        : { runner_type: 'project_type', project_id: String(of.id), ...settings };
    const as = of === 'instance' ? await this.root() : of.owner;
    const made = (await this.http('POST', '/user/runners', { as, form })).must(201);
    const runner = { id: made.number('id'), token: made.string('token') };
    return new FakeRunner(options.url ?? this.url, runner, options);
  }

  /** A project with this configuration, a runner for it, and a pipeline made through the API. */
  async scene(files: Files | string, options: FakeRunnerOptions = {}): Promise<Scene> {
    const project = await this.addProject(files);
    const runner = await this.addRunner(project, {}, options);
    return { project, runner, pipeline: await project.run() };
  }

  /** Numbers the events of what happened and tells hooks of them, until nothing can be sent at this moment. */
  async deliver(server: Pick<TestServer, 'parts'> = this.#server): Promise<void> {
    await this.tick('events', server);
    await server.parts.drains.look();
    await server.parts.drains.idle();
  }

  /** One round of the server's background work of that name (see `makeTicks`), or of the same on another server. */
  async tick(name: string, server: Pick<TestServer, 'parts'> = this.#server): Promise<void> {
    const tick = makeTicks(server.parts, this.database).find((candidate) => candidate.name === name);
    if (tick === undefined) throw new Error(`there is no tick ${name}`);
    await tick.run();
  }
}

export const startTestApp = async ({
  outboundAllow = '',
  subscribers = [],
  resolveHost,
}: Partial<Pick<Shared, 'outboundAllow' | 'subscribers' | 'resolveHost'>> = {}): Promise<TestApp> => {
  const database = await testDatabase();
  const folder = temporaryFolder('app');
  const shared = { database, clock: new MovableClock(), folder, outboundAllow, subscribers, resolveHost };
  return new TestApp(database, shared, await serve(shared));
};
