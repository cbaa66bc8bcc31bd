import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHook } from '../../../../test/support/add-hook.ts';
import { startTestApp, type TestApp } from '../../../../test/support/test-app.ts';
import type { HookId } from '../../../kit/ids.ts';
import { insertDeliveries } from '../delivery-store.ts';
import { listDueHooks, takeDuePage } from './drain-store.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const enqueue = (hookId: HookId, subjects: readonly string[]) =>
  app.db.transaction().execute((tx) =>
    insertDeliveries(
      tx,
      subjects.map((subject) => ({ hookId, eventSequence: null, trigger: null, subject, payload: {} })),
      app.clock.now(),
    ),
  );

const rowsOf = (id: HookId) =>
  app.db.selectFrom('hook_deliveries').selectAll().where('hook_id', '=', id).orderBy('id').execute();

describe('a page of what is due', () => {
  it('holds back all that waits behind a refused one at once, however much it is, and nothing of other subjects', async () => {
    const { id } = await addHook(app, { url: 'http://127.0.0.1:1/' });
    await enqueue(id, ['b', 'a', ...Array.from({ length: 300 }, () => 'a'), 'b']);
    const [, first] = await rowsOf(id);
    const until = new Date(app.clock.now().getTime() + 60_000);
    await app.db
      .updateTable('hook_deliveries')
      .set({ next_attempt_at: until })
      .where('id', '=', first?.id ?? 0)
      .execute();
    const page = await takeDuePage(app.db, id, app.clock.now(), 20);
    expect(page.due.map(({ subject }) => subject)).toEqual(['b']);
    const next = await takeDuePage(app.db, id, app.clock.now(), 20);
    expect(next).toMatchObject({ found: 2, due: [{ subject: 'b' }, { subject: 'b' }] });
    const times = (await rowsOf(id)).filter(({ subject }) => subject === 'a').map((row) => row.next_attempt_at);
    expect(times).toEqual(times.map(() => until));
  });
});

describe('the hooks that are due', () => {
  it('hold those of every group, however many one group has', async () => {
    const many = await app.addProject({});
    const { id: first } = await addHook(app, { place: { kind: 'project', projectId: many.id } });
    const columns = sql.raw(
      `kind, project_id, creator_id, url_sealed, switches, enable_ssl_verification, branch_filter_strategy,
      url_variables_sealed, custom_headers_sealed, created_at, updated_at`,
    );
    await sql`insert into hooks (${columns}) select ${columns} from hooks, generate_series(1, 6000) where id = ${first}`.execute(
      app.db,
    );
    const other = await app.addProject({});
    const { id: last } = await addHook(app, { place: { kind: 'project', projectId: other.id } });
    await enqueue(last, ['a']);
    await sql`
      insert into hook_deliveries (hook_id, subject, idempotency_key, payload, state, next_attempt_at, created_at)
      select id, 'a', gen_random_uuid(), '{}', 'pending', created_at, created_at from hooks
      where project_id = ${many.id}`.execute(app.db);
    const due = await listDueHooks(app.db, app.clock.now(), []);
    expect(due.map(({ id }) => id)).toContain(last);
    expect(due.length).toBeLessThanOrEqual(5000);
  });
});
