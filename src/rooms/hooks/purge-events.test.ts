import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHook } from '../../../test/support/add-hook.ts';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { ProjectId } from '../../kit/ids.ts';

let app: TestApp;
let projectId: ProjectId;
beforeAll(async () => {
  app = await startTestApp();
  projectId = (await app.addProject({})).id;
  await app.tick('events');
});
afterAll(() => app.close());

const DAY = 86_400;

/** Answers the number of the event. */
const happen = async (): Promise<number> => {
  await app.db.transaction().execute((tx) => app.parts.publish(tx, [{ type: 'project_updated', projectId }]));
  await app.tick('events');
  const { last_sequence: last } = await app.db
    .selectFrom('event_counter')
    .select('last_sequence')
    .executeTakeFirstOrThrow();
  return last;
};

const feed = async (after: number) => {
  const root = await app.root();
  return (await app.http('GET', '/penstock/events', { as: root, query: { after: String(after) } })).must(200);
};

describe('events of more than 30 days ago', () => {
  it('are forgotten, and whoever has not read them is told', async () => {
    const old = await happen();
    app.clock.advance(29 * DAY);
    const fresh = await happen();
    await app.tick('feed of events');
    expect((await feed(0)).body).toMatchObject({ missed: false, oldest: 1 });
    app.clock.advance(2 * DAY);
    await app.tick('feed of events');
    const rest = await feed(old);
    expect(rest.body).toMatchObject({ oldest: fresh, missed: false });
    expect(rest.at('events')).toHaveLength(1);
    expect((await feed(old - 1)).body).toMatchObject({ oldest: fresh, missed: true });
    app.clock.advance(30 * DAY);
    await app.tick('feed of events');
    expect((await feed(fresh)).body).toEqual({
      events: [],
      after: fresh,
      has_more: false,
      oldest: null,
      missed: false,
    });
    expect((await feed(old)).body).toMatchObject({ events: [], oldest: null, missed: true });
  });

  it('stay while a hook has still to hear of them or of an older one', async () => {
    const hook = await addHook(app, {});
    const waited = await happen();
    await app.db
      .updateTable('hook_deliveries')
      .set({ state: 'delivered' })
      .where('event_sequence', '<', waited)
      .execute();
    await happen();
    await app.db
      .updateTable('hook_deliveries')
      .set({ state: 'delivered' })
      .where('event_sequence', '>', waited)
      .execute();
    app.clock.advance(31 * DAY);
    await app.tick('feed of events');
    expect((await feed(waited - 1)).body).toMatchObject({ oldest: waited, missed: false });
    await app.db.updateTable('hook_deliveries').set({ state: 'delivered' }).where('hook_id', '=', hook.id).execute();
    await app.tick('feed of events');
    expect((await feed(waited - 1)).body).toMatchObject({ oldest: null, missed: true });
  });
});
