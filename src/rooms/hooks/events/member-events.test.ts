import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countStatements } from '../../../../test/support/count-statements.ts';
import { EventWitness } from '../../../../test/support/event-witness.ts';
import { type Person, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

const MANY = 60;

let app: TestApp;
let witness: EventWitness;
let statements: ReturnType<typeof countStatements>;
let ada: Person;
let ben: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp();
  statements = countStatements(app.database.pool);
  witness = new EventWitness(app);
  await witness.listen({ kind: 'system' }, []);
  ada = await app.addPerson('ada');
  ben = await app.addPerson('ben', { publicEmail: 'ben@example.com' });
  await sql`insert into users (username, name, email, created_at, updated_at)
    select 'many-' || n, 'Many ' || n, 'many-' || n || '@example.com', ${app.clock.now()}, ${app.clock.now()}
    from generate_series(1, ${MANY}) as n`.execute(app.db);
});
afterAll(() => app.close());
beforeEach(async () => {
  await witness.take();
});

type Form = Readonly<Record<string, string>>;
const call = (method: string, path: string, as: Person, form: Form = {}) => app.http(method, path, { as, form });
const newName = (): string => {
  count += 1;
  return `thing-${count}`;
};
const addGroup = async (): Promise<number> => {
  const path = newName();
  return (await call('POST', '/groups', ada, { name: path, path })).must(201).number('id');
};
const addProject = async (form: Form = {}): Promise<number> =>
  (await call('POST', '/projects', ada, { name: newName(), ...form })).must(201).number('id');
const addMany = async (kind: 'group' | 'project', id: number): Promise<void> => {
  const [table, column] = [sql.table(`${kind}_members`), sql.ref(kind === 'group' ? 'namespace_id' : 'project_id')];
  await sql`insert into ${table} (${column}, user_id, access_level, created_at)
    select ${id}, id, 30, ${app.clock.now()} from users where username like 'many-%'`.execute(app.db);
};

describe('the end of a place with many members', () => {
  it.each(['group', 'project'] as const)('takes no more statements than that of one with few: a %s', async (kind) => {
    const add = () => (kind === 'group' ? addGroup() : addProject());
    const remove = (id: number) => async () => (await call('DELETE', `/${kind}s/${id}`, ada)).must(202);
    const [few, many] = [await add(), await add()];
    await addMany(kind, many);
    await witness.take();
    const ofFew = await statements.during(remove(few));
    await witness.take();
    expect(await statements.during(remove(many))).toBe(ofFew);
    const name = kind === 'group' ? 'user_remove_from_group' : 'user_remove_from_team';
    const told = (await witness.take()).filter((event) => event.name === name);
    expect(told).toHaveLength(MANY + 1);
    const names = told.map(({ payload }) => payload.string('user_username')).toSorted();
    expect(new Set(names).size).toBe(MANY + 1);
    expect(names.slice(0, 2)).toEqual(['ada', 'many-1']);
  });

  it('tells each with the member’s own place, role and date', async () => {
    const [first, second] = [await addProject(), await addProject()];
    for (const [id, level] of [
      [first, '30'],
      [second, '40'],
    ] as const) {
      app.clock.advance(60);
      const form = { user_id: String(ben.user.id), access_level: level };
      (await call('POST', `/projects/${id}/members`, ada, form)).must(201);
    }
    await witness.take();
    (await call('DELETE', `/users/${ben.user.id}`, await app.root())).must(204);
    const told = (await witness.take()).filter(({ name }) => name === 'user_remove_from_team');
    expect(told.map(({ payload }) => [payload.number('project_id'), payload.string('access_level')])).toEqual([
      [first, 'Developer'],
      [second, 'Maintainer'],
    ]);
    const [one, other] = told.map(({ payload }) => Date.parse(payload.string('created_at')));
    expect((other ?? 0) - (one ?? 0)).toBe(60_000);
    expect(told.map(({ payload }) => payload.string('user_email'))).toEqual(['ben@example.com', 'ben@example.com']);
  });
});

describe('a request for access', () => {
  it('began when it was made, whatever its user was before', async () => {
    const cid = await app.addPerson(newName());
    const id = await addProject({ visibility: 'public' });
    const day = 86_400;
    const expiresAt = new Date(app.clock.now().getTime() + 2 * day * 1000).toISOString().slice(0, 10);
    const form = { user_id: String(cid.user.id), access_level: '30', expires_at: expiresAt };
    (await call('POST', `/projects/${id}/members`, ada, form)).must(201);
    app.clock.advance(3 * day);
    await witness.take();
    (await call('POST', `/projects/${id}/access_requests`, cid)).must(201);
    const { payload } = await witness.takeOne('user_access_request_to_project');
    expect(Date.parse(payload.string('created_at'))).toBe(Math.floor(app.clock.now().getTime() / 1000) * 1000);
  });
});

describe('the end of a project', () => {
  it('names all its owners, as its other events do', async () => {
    const dan = await app.addPerson(newName());
    const id = await addProject();
    const form = { user_id: String(dan.user.id), access_level: '50' };
    (await call('POST', `/projects/${id}/members`, ada, form)).must(201);
    (await call('PUT', `/projects/${id}`, ada, { description: 'New' })).must(200);
    const owners = [{ name: ada.user.name }, { name: dan.user.name }];
    expect((await witness.takeOne('project_update')).payload.body).toMatchObject({ owners });
    (await call('DELETE', `/projects/${id}`, ada)).must(202);
    expect((await witness.takeOne('project_destroy')).payload.body).toMatchObject({ owners });
  });
});

describe('nobody becomes a member of what is being deleted', () => {
  it.each(['group', 'project'] as const)('a %s', async (kind) => {
    const eve = await app.addPerson(newName());
    const id = kind === 'group' ? await addGroup() : await addProject({ visibility: 'public' });
    await witness.take();
    const table = kind === 'group' ? 'namespaces' : 'projects';
    let added: ReturnType<typeof call> | undefined;
    await app.db.transaction().execute(async (tx) => {
      await tx.selectFrom(table).select('id').where('id', '=', id).forNoKeyUpdate().execute();
      added = call('POST', `/${kind}s/${id}/members`, ada, { user_id: String(eve.user.id), access_level: '30' });
      await waitForLock();
      await tx.updateTable(table).set({ deleted_at: app.clock.now() }).where('id', '=', id).execute();
    });
    (await added)?.must(404);
    expect((await witness.take()).map(({ name }) => name)).toEqual([]);
  });
});

/** Until somebody waits for a row, or the request is through without. */
const waitForLock = async (): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await sql<{ readonly waiting: number }>`
      select count(*)::integer as waiting from pg_locks where not granted`.execute(app.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
};
