import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHook } from '../../../../test/support/add-hook.ts';
import { httpReceiver, rawReceiver } from '../../../../test/support/receiver.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import { until } from '../../../../test/support/until.ts';
import type { HookId } from '../../../kit/ids.ts';
import { insertDeliveries } from '../delivery-store.ts';
import type { HookPlace } from '../hook.ts';
import { purgeDeliveries } from './purge-deliveries.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ outboundAllow: '127.0.0.1' });
});
afterAll(() => app.close());

const DAY = 24 * 60 * 60;

/** Deliveries as the numbering of events leaves them: `a1` is the first one of the subject `a`. */
const enqueue = (hookId: HookId, names: readonly string[]) =>
  app.db.transaction().execute((tx) =>
    insertDeliveries(
      tx,
      names.map((name) => ({
        hookId,
        eventSequence: null,
        trigger: null,
        subject: name.slice(0, 1),
        payload: { name },
      })),
      app.clock.now(),
    ),
  );

/** A receiver that answers by name, and the names that it took, in order. */
const receiver = async (
  statusOf: (name: string) => number | 'reset',
  headers: Readonly<Record<string, string>> = {},
) => {
  const heard: string[] = [];
  const ids: string[] = [];
  const server = await httpReceiver((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { name } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly name: string };
      heard.push(name);
      ids.push(String(request.headers['webhook-id']));
      const status = statusOf(name);
      if (status === 'reset') request.socket.resetAndDestroy();
      else response.writeHead(status, headers).end();
    });
  });
  return { heard, ids, url: `http://${server.host}/` };
};

const send = async () => {
  await app.parts.drains.look();
  await app.parts.drains.idle();
};

const hookRow = (id: HookId) => app.db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const states = async (id: HookId) => {
  const rows = await app.db.selectFrom('hook_deliveries').selectAll().where('hook_id', '=', id).orderBy('id').execute();
  return rows.map(({ state }) => state);
};

describe('a drain', () => {
  it('sends in order, and once', async () => {
    const { heard, url } = await receiver(() => 200);
    const { id } = await addHook(app, { url });
    const names = Array.from({ length: 45 }, (_, index) => `${'abc'.charAt(index % 3)}${index}`);
    await enqueue(id, names);
    await send();
    await send();
    expect(heard).toEqual(names);
    expect(new Set(await states(id))).toEqual(new Set(['delivered']));
    expect((await hookRow(id)).drain_leased_until).toBeNull();
  });

  it('holds back the subject of what was refused, nothing else, and goes on with it in order', async () => {
    let isBroken = true;
    const { heard, ids, url } = await receiver((name) => (name === 'a1' && isBroken ? 500 : 200));
    const { id } = await addHook(app, { url });
    await enqueue(id, ['a1', 'b1', 'a2', 'b2', 'a3']);
    await send();
    await enqueue(id, ['a4', 'b3']);
    await send();
    expect(heard).toEqual(['a1', 'b1', 'b2', 'b3']);
    isBroken = false;
    app.clock.advance(15);
    await send();
    expect(heard.slice(4)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(ids[4]).toBe(ids[0]);
  });

  it('pauses an endpoint that breaks off, and keeps the whole order', async () => {
    let isBroken = true;
    const { heard, url } = await receiver(() => (isBroken ? 'reset' : 200));
    const { id } = await addHook(app, { url });
    await enqueue(id, ['a1', 'b1', 'a2']);
    await send();
    await send();
    expect(heard).toEqual(['a1']);
    isBroken = false;
    app.clock.advance(2);
    await send();
    expect(heard).toEqual(['a1', 'a1', 'b1', 'a2']);
  });

  it('waits as long as Retry-After says', async () => {
    let status = 429;
    const { heard, url } = await receiver(() => status, { 'retry-after': '90' });
    const { id } = await addHook(app, { url });
    await enqueue(id, ['a1', 'b1']);
    await send();
    app.clock.advance(89);
    await send();
    expect(heard).toEqual(['a1']);
    status = 200;
    app.clock.advance(1);
    await send();
    expect(heard).toEqual(['a1', 'a1', 'b1']);
  });

  it('stops at 410: the hook of a project is disabled, and the feed says so', async () => {
    const { heard, url } = await receiver(() => 410);
    const project = await app.addProject({});
    const place: HookPlace = { kind: 'project', projectId: project.id };
    const { id } = await addHook(app, { url, place });
    await enqueue(id, ['a1', 'b1']);
    await send();
    app.clock.advance(DAY);
    await send();
    expect(heard).toEqual(['a1']);
    expect(await hookRow(id)).toMatchObject({ disabled_reason: expect.stringContaining('410') });
    expect(await states(id)).toEqual(['pending', 'pending']);
    await app.tick('events');
    const event = await app.db
      .selectFrom('events')
      .selectAll()
      .where('subject', '=', `hook:${id}`)
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({ event_name: 'hook_disabled', project_id: project.id, payload: null });
  });

  it('is not delayed by others that are slow, many of them', async () => {
    const release = Promise.withResolvers<undefined>();
    const slow = await httpReceiver((_request, response) => {
      void release.promise.then(() => response.end());
    });
    const { heard, url } = await receiver(() => 200);
    const slowHooks = await Promise.all(Array.from({ length: 9 }, () => addHook(app, { url: `http://${slow.host}/` })));
    const { id } = await addHook(app, { url });
    for (const hook of slowHooks) await enqueue(hook.id, ['a1']);
    await enqueue(id, ['a1', 'a2']);
    await app.parts.drains.look();
    await until(() => heard.length === 2, 'the fast endpoint has heard all');
    for (const hook of slowHooks) expect(await states(hook.id)).toEqual(['pending']);
    release.resolve(undefined);
    await app.parts.drains.idle();
    for (const hook of slowHooks) expect(await states(hook.id)).toEqual(['delivered']);
  });

  it('is not delayed by a project with many endpoints that hang, all of them new', async () => {
    const release = Promise.withResolvers<undefined>();
    const hanging = await httpReceiver((_request, response) => {
      void release.promise.then(() => response.end());
    });
    const [known, fresh] = [await receiver(() => 200), await receiver(() => 200)];
    const { id } = await addHook(app, { url: known.url });
    await enqueue(id, ['a1']);
    await send();
    const place: HookPlace = { kind: 'project', projectId: (await app.addProject({})).id };
    const other: HookPlace = { kind: 'project', projectId: (await app.addProject({})).id };
    const url = `http://${hanging.host}/`;
    const hung = await Promise.all(Array.from({ length: 60 }, () => addHook(app, { url, place })));
    const last = await addHook(app, { url: fresh.url, place: other });
    for (const hook of [...hung, last]) await enqueue(hook.id, ['a1']);
    await enqueue(id, ['a2']);
    await app.parts.drains.look();
    await until(() => known.heard.length === 2 && fresh.heard.length === 1, 'the others have heard');
    const rows = await app.db
      .selectFrom('hook_deliveries')
      .select('attempts')
      .where(
        'hook_id',
        'in',
        hung.map((hook) => hook.id),
      )
      .execute();
    expect(new Set(rows.map(({ attempts }) => attempts))).toEqual(new Set([0]));
    release.resolve(undefined);
    await app.parts.drains.idle();
    for (const hook of hung) expect(await states(hook.id)).toEqual(['delivered']);
  });

  it('on another server waits for the lease, and what a paused server does after it harms nothing', async () => {
    const release = Promise.withResolvers<undefined>();
    let count = 0;
    const ids: string[] = [];
    const server = await httpReceiver((request, response) => {
      count += 1;
      ids.push(String(request.headers['webhook-id']));
      if (count === 1) void release.promise.then(() => response.writeHead(500).end());
      else response.end();
    });
    const { id } = await addHook(app, { url: `http://${server.host}/` });
    await enqueue(id, ['a1']);
    const another = await app.startAnother();
    await app.parts.drains.look();
    await until(() => count === 1, 'the first server sends');
    await another.parts.drains.look();
    await another.parts.drains.idle();
    expect(count).toBe(1);
    app.clock.advance(21);
    await another.parts.drains.look();
    await another.parts.drains.idle();
    expect(await states(id)).toEqual(['delivered']);
    release.resolve(undefined);
    await app.parts.drains.idle();
    expect(await states(id)).toEqual(['delivered']);
    expect(await hookRow(id)).toMatchObject({ consecutive_failures: 0, failing_since: null });
    expect(new Set(ids).size).toBe(1);
  });

  it('that is stopped gives up what is under way, and counts it against nobody', async () => {
    const silent = await rawReceiver(() => undefined);
    const another = await app.startAnother();
    const { id } = await addHook(app, { url: `http://${silent.host}/` });
    await enqueue(id, ['a1']);
    await another.parts.drains.look();
    await until(() => silent.connections() === 1, 'it is sending');
    await another.parts.drains.stop(0);
    expect(await hookRow(id)).toMatchObject({ drain_leased_until: null, consecutive_failures: 0 });
    expect(await states(id)).toEqual(['pending']);
    await app.db.deleteFrom('hooks').where('id', '=', id).execute();
  });
});

describe('what waits for 14 days', () => {
  it('waits for nobody when it is given up: what others hold is left for the next time', async () => {
    const [leaves, stays] = [
      await addHook(app, { url: 'http://127.0.0.1:1/' }),
      await addHook(app, { url: 'http://127.0.0.1:1/' }),
    ];
    await enqueue(leaves.id, ['a1', 'b1']);
    await enqueue(stays.id, ['a1', 'b1']);
    app.clock.advance(14 * DAY + 1);
    const undone = app.db.transaction().execute(async (tx) => {
      await tx.deleteFrom('hooks').where('id', '=', leaves.id).execute();
      await tx
        .selectFrom('hook_deliveries')
        .select('id')
        .where('hook_id', '=', stays.id)
        .orderBy('id')
        .forUpdate()
        .limit(1)
        .execute();
      await purgeDeliveries(app.parts);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await states(leaves.id)).toEqual(['pending', 'pending']);
    expect(await states(stays.id)).toEqual(['pending', 'failed']);
    await purgeDeliveries(app.parts);
    expect(await states(leaves.id)).toEqual(['failed', 'failed']);
    expect(await states(stays.id)).toEqual(['failed', 'failed']);
    app.clock.advance(14 * DAY + 1);
    await purgeDeliveries(app.parts);
    expect(await states(stays.id)).toEqual([]);
  });

  it('is given up with a reason, and forgotten as late again', async () => {
    const { id } = await addHook(app, { url: 'http://127.0.0.1:1/' });
    await enqueue(id, ['a1']);
    app.clock.advance(14 * DAY + 1);
    await purgeDeliveries(app.parts);
    const rows = () => app.db.selectFrom('hook_deliveries').selectAll().where('hook_id', '=', id).execute();
    expect(await rows()).toMatchObject([{ state: 'failed', failure: 'given up: it waited for 14 days' }]);
    app.clock.advance(14 * DAY + 1);
    await purgeDeliveries(app.parts);
    expect(await rows()).toEqual([]);
  });
});
