import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import { until } from '../../../test/support/until.ts';
import type { Fact } from '../../events/index.ts';
import type { ProjectId, ReleaseId } from '../../kit/ids.ts';
import { insertEvents } from './event-store.ts';
import type { HookSettings } from './hook.ts';
import { insertHook } from './hook-store.ts';
import { insertOutbox } from './outbox-store.ts';

const SETTINGS: HookSettings = {
  url: 'https://receiver.example/hook?key=secret',
  name: null,
  description: null,
  token: null,
  signingToken: null,
  switches: [],
  enableSslVerification: true,
  pushEventsBranchFilter: null,
  branchFilterStrategy: 'wildcard',
  urlVariables: {},
  customHeaders: {},
  customWebhookTemplate: null,
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const publish = (fact: Fact) => app.db.transaction().execute((tx) => app.parts.publish(tx, [fact]));

const isSomebodyWaiting = async (): Promise<boolean> => {
  const { rows } =
    await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      app.db,
    );
  return rows.length > 0;
};

const updated = (id: number): Fact => ({ type: 'project_updated', projectId: id as ProjectId });

const events = (projectId: number) =>
  app.db
    .selectFrom('events')
    .select(['sequence', 'event_name', 'payload'])
    .where('project_id', '=', projectId)
    .where('event_name', '=', 'project_update')
    .orderBy('sequence')
    .execute();

describe('facts', () => {
  it('become events without a payload while nobody listens', async () => {
    const { id } = await app.addProject({});
    await publish(updated(id));
    await app.tick('events');
    expect(await events(id)).toMatchObject([{ payload: null }]);
  });

  it('become deliveries to every system hook, numbered in the order of their commits', async () => {
    const project = await app.addProject({});
    const { id } = project;
    const creatorId = project.owner.user.id;
    const place = { kind: 'system' } as const;
    const hook = await app.db
      .transaction()
      .execute((tx) => insertHook(tx, app.parts.vault, { place, settings: SETTINGS, creatorId }, app.clock.now()));
    const other = await app.addProject({});
    await app.db.transaction().execute(async (tx) => {
      await app.parts.publish(tx, [updated(id)]);
      // Comes later, and is committed before.
      await publish(updated(other.id));
      await app.tick('events');
    });
    await app.tick('events');
    const [[mine], [others]] = await Promise.all([events(id), events(other.id)]);
    expect(mine?.sequence).toBeGreaterThan(others?.sequence ?? Number.POSITIVE_INFINITY);
    expect(mine?.payload).toMatchObject({ event_name: 'project_update', project_id: id });
    const deliveries = await app.db
      .selectFrom('hook_deliveries')
      .select(['subject', 'state'])
      .where('hook_id', '=', hook.id)
      .orderBy('id')
      .execute();
    const pending = (of: number) => ({ subject: `project:${of}`, state: 'pending' });
    expect(deliveries).toEqual(expect.arrayContaining([pending(other.id), pending(id)]));
  });

  it('of a transaction that is undone never were', async () => {
    const { id } = await app.addProject({});
    const undone = app.db.transaction().execute(async (tx) => {
      await app.parts.publish(tx, [updated(id)]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await app.tick('events');
    expect(await events(id)).toEqual([]);
  });

  it('are as many as a huge pipeline makes of them', async () => {
    const { id } = await app.addProject({});
    const facts = Array.from({ length: 25_000 }, () => updated(id));
    await app.db.transaction().execute(async (tx) => {
      await insertOutbox(
        tx,
        facts.map((fact) => ({ fact, snapshot: undefined })),
        undefined,
        app.clock.now(),
      );
      const event = { place: { subject: 'x' }, fact: updated(id), eventName: 'x', trigger: null, payload: null };
      const events = facts.slice(0, 7000).map(() => ({ ...event, cause: undefined, occurredAt: app.clock.now() }));
      expect((await insertEvents(tx, events, app.clock.now())).at(-1)?.sequence).toBeGreaterThan(6999);
      await sql`delete from outbox`.execute(tx);
    });
  });
});

describe('an event that the database does not take', () => {
  it('keeps its place for five attempts, and then goes into the feed without a payload', async () => {
    const creatorId = (await app.root()).user.id;
    const projects = await Promise.all([0, 1, 2, 3, 4].map(() => app.addProject({})));
    for (const { id } of projects) {
      const place = { kind: 'project', projectId: id } as const;
      const settings = { ...SETTINGS, switches: ['releases_events'] } as const;
      await app.db
        .transaction()
        .execute((tx) => insertHook(tx, app.parts.vault, { place, settings, creatorId }, app.clock.now()));
    }
    await app.tick('events');
    const poison = sql.lit(projects[2]?.id ?? 0);
    await sql`alter table events add constraint poison check (project_id <> ${poison} or payload is null) not valid`.execute(
      app.db,
    );
    for (const { id } of projects) await publish(updated(id));
    const told = async () => {
      const rows = await app.db
        .selectFrom('events')
        .select(['project_id', 'payload'])
        .where('event_name', '=', 'project_update')
        .where(
          'project_id',
          'in',
          projects.map(({ id }) => id),
        )
        .orderBy('sequence')
        .execute();
      return rows.map(({ project_id: id, payload }) => [
        projects.findIndex((project) => project.id === id),
        payload !== null,
      ]);
    };
    const before = [
      [0, true],
      [1, true],
    ];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await app.tick('events');
      expect(await told(), `attempt ${attempt}`).toEqual(before);
    }
    await app.tick('events');
    expect(await told()).toEqual([...before, [2, false], [3, true], [4, true]]);
    await sql`alter table events drop constraint poison`.execute(app.db);
    expect(app.faults.splice(0)).toHaveLength(5);
  });
});

describe('events with large payloads', () => {
  it('are written in several goes, at once', async () => {
    const project = await app.addProject({});
    const creatorId = project.owner.user.id;
    const settings = { ...SETTINGS, switches: ['releases_events'] } as const;
    const place = { kind: 'project', projectId: project.id } as const;
    for (const _ of [1, 2]) {
      await app.db
        .transaction()
        .execute((tx) => insertHook(tx, app.parts.vault, { place, settings, creatorId }, app.clock.now()));
    }
    const json = { tag_name: 'v1', ref: 'main', description: 'x'.repeat(1_000_000) };
    (await project.call('POST', '/releases', { json })).must(201);
    await app.tick('events');
    const { id } = await app.db.selectFrom('releases').select('id').executeTakeFirstOrThrow();
    const fact = {
      type: 'release_changed',
      projectId: project.id,
      releaseId: id as ReleaseId,
      action: 'update',
    } as const;
    await app.db.transaction().execute((tx) =>
      app.parts.publish(
        tx,
        Array.from({ length: 40 }, () => fact),
      ),
    );
    await app.tick('events');
    const { rows } = await sql<{ readonly written: number; readonly goes: number }>`
      select count(*)::int as written, count(distinct xmin::text)::int as goes from events
      where event_name = 'release' and fact ->> 'action' = 'update' and payload is not null`.execute(app.db);
    expect(rows[0]?.written).toBe(40);
    expect(rows[0]?.goes).toBeGreaterThan(1);
    const told = await app.db
      .selectFrom('hook_deliveries')
      .select('id')
      .where('trigger', '=', 'releases_events')
      .execute();
    expect(told).toHaveLength(2 * 41);
  });
});

describe('facts that a hook was to hear of', () => {
  it('become events at once when it is being deleted', async () => {
    const project = await app.addProject({});
    const creatorId = project.owner.user.id;
    const place = { kind: 'system' } as const;
    await app.tick('events');
    const [leaves, stays] = await app.db.transaction().execute(async (tx) => {
      const make = () => insertHook(tx, app.parts.vault, { place, settings: SETTINGS, creatorId }, app.clock.now());
      return [await make(), await make()];
    });
    const already = (await events(project.id)).length;
    await publish(updated(project.id));
    let numbering: Promise<void> | undefined;
    await app.db.transaction().execute(async (tx) => {
      await tx.deleteFrom('hooks').where('id', '=', leaves.id).execute();
      numbering = app.tick('events');
      await until(isSomebodyWaiting, 'the numbering waits for the deletion');
    });
    await numbering;
    expect(await events(project.id)).toHaveLength(already + 1);
    const told = app.db.selectFrom('hook_deliveries').select('id').where('hook_id', '=', stays.id);
    expect(await told.where('subject', '=', `project:${project.id}`).execute()).toHaveLength(1);
  });
});
