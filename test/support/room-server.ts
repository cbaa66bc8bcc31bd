import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { userConsequences } from '../../src/app/user-consequences.ts';
import { createHttpServer } from '../../src/http/index.ts';
import type { JobId, PipelineId } from '../../src/kit/ids.ts';
import { createVault, digestOf, parseKeyring, randomToken } from '../../src/platform/secrets/index.ts';
import {
  accountGuards,
  accountRoutes,
  type CreateUserRequest,
  createPersonalToken,
  createUser,
  type ExecutingJob,
  SignInLimiter,
  sessionRoutes,
  type TokenScope,
  type User,
} from '../../src/rooms/accounts/index.ts';
import { groupGuards, groupRoutes } from '../../src/rooms/groups/index.ts';
import {
  type CreateProjectRequest,
  createProject,
  groupProjects,
  type Project,
  projectGuards,
  projectRoutes,
  type Role,
} from '../../src/rooms/projects/index.ts';
import { moveRefs, openRepositories, PushJournal, projectRepositories } from '../../src/rooms/repositories/index.ts';
import { cronClock } from '../../src/rooms/schedules/index.ts';
import { triggerTokenRoutes } from '../../src/rooms/triggers/token-routes.ts';
import { variableRoutes } from '../../src/rooms/variables/index.ts';
import { testDatabase } from './database.ts';
import { temporaryFolder } from './git-client.ts';

/** What a test sends. `as`: a token, in PRIVATE-TOKEN. */
export interface Call {
  readonly as?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A body as it is, with its own content type. */
  readonly raw?: string;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body, text where it is not JSON. */
  readonly body: unknown;
  readonly headers: Headers;
  /** A field of the body. Throws when it is not there as that type. */
  readonly text: (name: string) => string;
  readonly number: (name: string) => number;
}

const fieldOf = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null && name in body
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;

const answerOf = (status: number, body: unknown, headers: Headers): Answer => ({
  status,
  body,
  headers,
  text: (name) => {
    const value = fieldOf(body, name);
    if (typeof value !== 'string') throw new Error(`no text ${name} in ${JSON.stringify(body)}`);
    return value;
  },
  number: (name) => {
    const value = fieldOf(body, name);
    if (typeof value !== 'number') throw new Error(`no number ${name} in ${JSON.stringify(body)}`);
    return value;
  },
});

const parse = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A person of a test, with a token of scope `api`. */
export interface Person {
  readonly user: User;
  readonly token: string;
}

/** The rooms accounts, projects, variables and trigger tokens behind real HTTP, on a database and a git folder of their own. */
export const startRoomServer = async () => {
  const database = await testDatabase();
  const { db } = database;
  const folder = temporaryFolder('rooms');
  const control = {
    now: new Date('2026-03-04T05:06:07.089Z'),
    jobs: new Map<string, ExecutingJob>(),
    deleted: [] as string[],
    faults: [] as object[],
  };
  const clock = { now: () => control.now };
  const vault = createVault(parseKeyring(`1:${Buffer.alloc(32, 'k').toString('base64')}`, 'test'));
  const git = openRepositories(join(folder, 'repositories'));
  const publish = async () => undefined;
  const pushes = new PushJournal({
    repositories: git,
    db,
    clock,
    publish,
    presence: { id: 'rooms', isAlive: async () => true },
    onPushed: async () => undefined,
    log: { error: (fields) => void control.faults.push(fields) },
  });
  const repositories = projectRepositories({
    ...git,
    clock,
    moveRefs: (push, updates) => moveRefs({ ...git, pushes }, push, updates),
  });
  const authentication = {
    db,
    clock,
    findExecutingJobByToken: async (digest: Uint8Array) => control.jobs.get(Buffer.from(digest).toString('hex')),
  };
  const guards = accountGuards(authentication);
  const project = projectGuards(authentication);
  const inProjects = {
    db,
    clock,
    publish,
    repositories,
    onProjectDeleted: async (_tx: unknown, gone: Project) => void control.deleted.push(gone.fullPath),
  };
  const inGroups = groupProjects(inProjects);
  const group = groupGuards({ ...authentication, groupProjects: inGroups });
  const consequences = userConsequences({ db, clock, publish, scheduleClock: cronClock() }, inGroups);
  const accounts = {
    db,
    clock,
    publish,
    guards,
    limiter: new SignInLimiter(),
    server: { version: '19.4.0-penstock', revision: 'abc1234' },
    ...consequences,
  };
  const projects = { ...inProjects, ...consequences, vault, guards, group, groupProjects: inGroups, project };
  const http = createHttpServer({
    routes: [
      ...accountRoutes(accounts),
      ...groupRoutes({ db, clock, publish, guards, group, groupProjects: inGroups, ...consequences }),
      ...projectRoutes(projects),
      ...variableRoutes({ db, vault, clock }, { accounts: guards, group, project }),
      ...triggerTokenRoutes({ db, vault, clock }, project),
    ],
    siteRoutes: sessionRoutes(accounts),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (fields: object) => void control.faults.push(fields),
    },
  });
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 });

  /** `path` under `/api/v4`, or from the root when it begins with `/-/`. */
  const call = async (method: string, path: string, options: Call = {}): Promise<Answer> => {
    const { as, json, form, raw } = options;
    const body = json === undefined ? (raw ?? (form && new URLSearchParams(form))) : JSON.stringify(json);
    const response = await fetch(`${url}${path.startsWith('/-/') ? '' : '/api/v4'}${path}`, {
      method,
      headers: {
        ...(as !== undefined && { 'PRIVATE-TOKEN': as }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(body !== undefined && { body }),
      redirect: 'manual',
    });
    return answerOf(response.status, parse(await response.text()), response.headers);
  };

  const addToken = async (user: User, scopes: readonly TokenScope[], expiresAt: string | null = null) =>
    (await createPersonalToken({ db, clock }, user, { name: 'test', scopes, expiresAt })).token;

  const addPerson = async (username: string, options: Partial<CreateUserRequest> = {}): Promise<Person> => {
    const email = `${username}@example.com`;
    const user = await createUser(
      { db, clock, publish },
      { username, name: `${username}'s name`, email, password: undefined, ...options },
    );
    return { user, token: await addToken(user, ['api']) };
  };

  const addProject = (owner: User, request: CreateProjectRequest): Promise<Project> =>
    createProject({ db, clock, publish, repositories }, owner, request);

  const addMember = async (project: Project, person: Person, accessLevel: Role): Promise<void> => {
    await db
      .insertInto('project_members')
      .values({ project_id: project.id, user_id: person.user.id, access_level: accessLevel, created_at: control.now })
      .execute();
  };

  /** The token of a job that runs until the test says otherwise (`control.jobs.clear()`). */
  const addJobToken = (source: Project, user: User): string => {
    const token = randomToken('glcbt-');
    control.jobs.set(digestOf(token).toString('hex'), {
      id: 7 as JobId,
      pipelineId: 5 as PipelineId,
      projectId: source.id,
      projectFullPath: source.fullPath,
      userId: user.id,
    });
    return token;
  };

  return {
    url,
    db,
    vault,
    clock,
    publish,
    consequences,
    control,
    git,
    call,
    addPerson,
    addToken,
    addProject,
    addMember,
    addJobToken,
    close: async (): Promise<void> => {
      await http.close(5000);
      git.git.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type RoomServer = Awaited<ReturnType<typeof startRoomServer>>;
