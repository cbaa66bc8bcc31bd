import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '../../src/events/index.ts';
import { createHttpServer } from '../../src/http/index.ts';
import type { ProjectId, UserId } from '../../src/kit/ids.ts';
import type { ExecutingJob } from '../../src/rooms/accounts/index.ts';
import { projectGuards } from '../../src/rooms/projects/index.ts';
import {
  createRepository,
  gitRoutes,
  openRepositories,
  type PresentedPipeline,
  type Pushed,
  PushJournal,
  repositoryRoutes,
  settleUpdate,
} from '../../src/rooms/repositories/index.ts';
import { testDatabase } from './database.ts';
import { temporaryFolder } from './git-client.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A server of the repositories room alone: real database, real git, real sockets, and a record of what was pushed. */
export const startRepositoryServer = async () => {
  const database = await testDatabase();
  const { db } = database;
  const folder = temporaryFolder('repositories');
  const repositories = openRepositories(join(folder, 'repositories'));
  const pushed: Pushed[] = [];
  const published: Fact[] = [];
  const errors: unknown[] = [];
  const control = {
    now: new Date('2026-01-02T03:04:05Z'),
    dead: new Set<string>(),
    /** Stands for the pipelines room; by default it settles every update in a transaction. */
    onPushed: async (push: Pushed): Promise<void> => {
      for (const { ref } of push.updates) {
        await db.transaction().execute((tx) => settleUpdate(tx, push.pushIntentId, ref));
      }
    },
    jobs: new Map<string, ExecutingJob>(),
    lastPipeline: undefined as PresentedPipeline | undefined,
  };
  const clock = { now: () => control.now };
  const journalOf = (serverId: string): PushJournal =>
    new PushJournal({
      repositories,
      db,
      clock,
      publish: async (_tx, facts) => void published.push(...facts),
      presence: { id: serverId, isAlive: (id) => Promise.resolve(!control.dead.has(id)) },
      onPushed: async (push) => {
        pushed.push(push);
        await control.onPushed(push);
      },
      log: { error: (fields) => void errors.push(fields) },
    });
  const pushes = journalOf('first');
  const authentication = {
    db,
    clock,
    findExecutingJobByToken: (digest: Uint8Array) =>
      Promise.resolve(control.jobs.get(Buffer.from(digest).toString('hex'))),
  };
  const deps = {
    ...repositories,
    ...authentication,
    pushes,
    project: projectGuards(authentication),
    findLastPipeline: () => Promise.resolve(control.lastPipeline),
    tagReleases: { find: () => Promise.resolve(new Map()), deleteOf: () => Promise.resolve() },
  };
  const http = createHttpServer({
    routes: repositoryRoutes(deps),
    siteRoutes: gitRoutes(deps),
    log: { info: () => undefined, warn: () => undefined, error: (fields: object) => void errors.push(fields) },
  });
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 });

  const addUser = async (username: string, options: { readonly admin?: boolean } = {}) => {
    const now = control.now;
    const { id } = await db
      .insertInto('users')
      .values({
        username,
        name: username,
        email: `${username}@example.com`,
        admin: options.admin ?? false,
        confirmed_at: now,
        created_at: now,
        updated_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const namespace = await db
      .insertInto('namespaces')
      .values({
        kind: 'user',
        path: username,
        name: username,
        full_path: username,
        owner_id: id,
        created_at: now,
        updated_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id: id as UserId, username, namespaceId: namespace.id, token: await addToken(id, ['api']) };
  };

  const addToken = async (userId: number, scopes: string[]): Promise<string> => {
    const token = `glpat-${randomBytes(12).toString('hex')}`;
    await db
      .insertInto('personal_access_tokens')
      .values({
        user_id: userId,
        name: 'test',
        token_digest: sha256(token),
        scopes,
        created_at: control.now,
        updated_at: control.now,
      })
      .execute();
    return token;
  };

  const addProject = async (
    owner: Awaited<ReturnType<typeof addUser>>,
    path: string,
    options: { readonly visibility?: string; readonly protectMain?: boolean; readonly jobPush?: boolean } = {},
  ) => {
    const fullPath = `${owner.username}/${path}`;
    const row = await db
      .insertInto('projects')
      .values({
        namespace_id: owner.namespaceId,
        creator_id: owner.id,
        path,
        name: path,
        full_path: fullPath,
        visibility: options.visibility ?? 'private',
        ci_push_repository_for_job_token_allowed: options.jobPush ?? false,
        last_activity_at: control.now,
        created_at: control.now,
        updated_at: control.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = row.id as ProjectId;
    await addMember(id, owner.id, 50);
    if (options.protectMain ?? true) {
      await db
        .insertInto('protected_branches')
        .values({ project_id: id, name: 'main', created_at: control.now })
        .execute();
    }
    await createRepository(repositories, { id, defaultBranch: 'main' });
    return { id, fullPath };
  };

  const addMember = async (projectId: number, userId: number, level: number): Promise<void> => {
    await db
      .insertInto('project_members')
      .values({ project_id: projectId, user_id: userId, access_level: level, created_at: control.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  };

  /** A job token of a job that runs for as long as the test. */
  const addJobToken = (project: { readonly id: ProjectId; readonly fullPath: string }, userId: UserId): string => {
    const token = `glcbt-${randomBytes(12).toString('hex')}`;
    const job = { id: 1, pipelineId: 1, projectId: project.id, projectFullPath: project.fullPath, userId };
    control.jobs.set(sha256(token).toString('hex'), job as ExecutingJob);
    return token;
  };

  return {
    url,
    port: new URL(url).port,
    folder,
    database,
    repositories,
    pushes,
    journalOf,
    pushed,
    /** The facts, in order. */
    published,
    errors,
    control,
    addUser,
    addToken,
    addProject,
    addMember,
    addJobToken,
    /** `http://user:password@127.0.0.1:port/path.git` */
    remote: (fullPath: string, password?: string, username = 'any'): string =>
      `http://${password === undefined ? '' : `${username}:${password}@`}${url.slice('http://'.length)}/${fullPath}.git`,
    openIntents: async (): Promise<number> => (await db.selectFrom('push_intents').select('id').execute()).length,
    close: async (): Promise<void> => {
      await http.close(5000);
      repositories.git.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type RepositoryServer = Awaited<ReturnType<typeof startRepositoryServer>>;
