import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FactRecord } from '../../test/support/fact-record.ts';
import { type Person, startTestApp, type TestApp } from '../../test/support/test-app.ts';

const FORBIDDEN = [403, { message: '403 Forbidden' }];
const NOT_FOUND = [404, { message: '404 Not found' }];

const record = new FactRecord();
let app: TestApp;
let root: Person;
let ada: Person;
let maintainer: Person;
let count = 0;

beforeAll(async () => {
  app = await startTestApp({ subscribers: [record.subscriber] });
  await record.open(app.db);
  root = await app.root();
  ada = await app.addPerson('ada');
  maintainer = await app.addPerson('maintainer');
});
afterAll(() => app.close());
beforeEach(async () => {
  await record.take();
});

/** A place of Ada's with a maintainer: its path in the API, and how facts name it. */
const makePlace = async (kind: 'project' | 'group', settings: Readonly<Record<string, string>> = {}) => {
  count += 1;
  const form = { name: `place-${count}`, path: `place-${count}`, visibility: 'public', ...settings };
  const id = (await app.http('POST', `/${kind}s`, { as: ada, form })).must(201).number('id');
  const member = { user_id: String(maintainer.user.id), access_level: '40' };
  (await app.http('POST', `/${kind}s/${id}/members`, { as: ada, form: member })).must(201);
  await record.take();
  return { base: `/${kind}s/${id}`, requests: `/${kind}s/${id}/access_requests`, place: { kind, id } };
};
const someone = async (): Promise<Person> => {
  count += 1;
  const person = await app.addPerson(`someone-${count}`);
  await record.take();
  return person;
};
const ask = (path: string, as: Person | undefined) => app.http('POST', path, { as });

describe.each(['project', 'group'] as const)('access requests of a %s', (kind) => {
  it('are made once, listed and granted', async () => {
    const { base, requests, place } = await makePlace(kind);
    const ben = await someone();
    const userId = ben.user.id;
    const asked = { place, userId, accessLevel: 30, expiresAt: null };
    const made = (await ask(requests, ben)).must(201);
    const entity = {
      id: userId,
      username: ben.user.username,
      public_email: null,
      name: ben.user.name,
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `https://ci.example.com/${ben.user.username}`,
      requested_at: app.clock.now().toISOString(),
    };
    expect(made.body).toEqual({ ...entity, public_email: made.at('public_email') });
    expect(await record.take()).toEqual([{ type: 'access_requested', ...asked }]);
    expect((await ask(requests, ben)).outcome).toEqual(FORBIDDEN);
    expect(await record.take()).toEqual([]);
    const list = (await app.http('GET', requests, { as: ada })).must(200);
    expect([list.body, list.headers.get('x-total')]).toEqual([[made.body], '1']);
    // Nobody is a member yet.
    (await app.http('GET', `${base}/members/${userId}`, { as: ada })).must(404);
    const granted = (await app.http('PUT', `${requests}/${userId}/approve`, { as: ada })).must(201);
    expect(granted.body).toMatchObject({
      id: userId,
      access_level: 30,
      expires_at: null,
      created_by: { id: ada.user.id },
    });
    expect(await record.take()).toEqual([{ type: 'member_added', ...asked }]);
    expect((await app.http('PUT', `${requests}/${userId}/approve`, { as: ada })).outcome).toEqual(NOT_FOUND);
    expect((await app.http('GET', requests, { as: ada })).body).toEqual([]);
  });

  it('are denied, and taken back', async () => {
    const { requests, place } = await makePlace(kind);
    const [ben, eve] = [await someone(), await someone()];
    const path = `${requests}/${ben.user.id}`;
    const revoked = [{ type: 'access_request_revoked', place, userId: ben.user.id, accessLevel: 30, expiresAt: null }];
    for (const by of [ada, ben]) {
      (await ask(requests, ben)).must(201);
      await record.take();
      expect((await app.http('DELETE', path, { as: eve })).outcome).toEqual(FORBIDDEN);
      expect(await record.take()).toEqual([]);
      (await app.http('DELETE', path, { as: by })).must(204);
      expect(await record.take()).toEqual(revoked);
      expect((await app.http('DELETE', path, { as: by })).outcome).toEqual(NOT_FOUND);
    }
  });

  it('are for those who see the place and have no role in it', async () => {
    const { base, requests } = await makePlace(kind);
    const ben = await someone();
    (await ask(requests, undefined)).must(401);
    for (const member of [ada, maintainer, root]) expect((await ask(requests, member)).outcome).toEqual(FORBIDDEN);
    expect((await app.http('GET', requests, { as: ben })).outcome).toEqual(FORBIDDEN);
    (await app.http('PUT', base, { as: ada, form: { request_access_enabled: 'false' } })).must(200);
    expect((await ask(requests, ben)).outcome).toEqual(FORBIDDEN);
    const hidden = await makePlace(kind, { visibility: 'private' });
    (await ask(hidden.requests, ben)).must(404);
    expect(await record.takeOf('access_requested')).toEqual([]);
  });

  it('give the role that is asked for in the approval, and no higher one than the approver’s', async () => {
    const { requests } = await makePlace(kind);
    const ben = await someone();
    (await ask(requests, ben)).must(201);
    await record.take();
    const approve = (as: Person, level: string) =>
      app.http('PUT', `${requests}/${ben.user.id}/approve`, { as, form: { access_level: level } });
    expect((await approve(maintainer, '50')).outcome).toEqual(FORBIDDEN);
    (await approve(ada, '31')).must(400);
    expect(await record.take()).toEqual([]);
    const approver = kind === 'project' ? maintainer : ada;
    if (kind === 'group') expect((await approve(maintainer, '20')).outcome).toEqual(FORBIDDEN);
    expect((await approve(approver, '20')).must(201).at('access_level')).toBe(20);
    expect(await record.takeOf('member_added')).toMatchObject([{ accessLevel: 20 }]);
  });

  it('end when the user is added, and with the user or the place', async () => {
    const { base, requests, place } = await makePlace(kind);
    const [ben, gone, last] = [await someone(), await someone(), await someone()];
    for (const asker of [ben, gone, last]) (await ask(requests, asker)).must(201);
    await record.take();
    const form = { user_id: String(ben.user.id), access_level: '20' };
    (await app.http('POST', `${base}/members`, { as: ada, form })).must(201);
    expect((await record.take()).map((fact) => fact.type)).toEqual(['member_added']);
    (await app.http('DELETE', `/users/${gone.user.id}`, { as: root })).must(204);
    expect((await record.take()).map((fact) => fact.type)).toEqual(['access_request_revoked', 'user_destroyed']);
    (await app.http('DELETE', base, { as: ada })).must(202);
    const facts = await record.take();
    expect(facts.filter((fact) => fact.type === 'access_request_revoked')).toEqual([
      { type: 'access_request_revoked', place, userId: last.user.id, accessLevel: 30, expiresAt: null },
    ]);
    expect(facts.at(-1)?.type).toBe(`${kind}_destroyed`);
  });
});
