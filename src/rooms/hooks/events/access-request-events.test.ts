import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedKeys } from '../../../../test/support/documented-events.ts';
import { EventWitness } from '../../../../test/support/event-witness.ts';
import { type Person, startTestApp, type TestApp } from '../../../../test/support/test-app.ts';

let app: TestApp;
let witness: EventWitness;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  app = await startTestApp();
  witness = new EventWitness(app);
  await witness.listen({ kind: 'system' }, []);
  ada = await app.addPerson('ada');
  ben = await app.addPerson('ben', { name: 'Ben' });
});
afterAll(() => app.close());

const PLACES = [
  ['project', 'user_access_request_to_project', 'user_access_request_revoked_for_project', 'user_add_to_team'],
  ['group', 'user_access_request_to_group', 'user_access_request_revoked_for_group', 'user_add_to_group'],
] as const;

describe.each(PLACES)('who asks for access to a %s', (kind, asked, revoked, added) => {
  it(`${asked}, ${revoked}, ${added}`, async () => {
    const form = { name: 'Opened', path: `opened-${kind}`, visibility: 'public' };
    const id = (await app.http('POST', `/${kind}s`, { as: ada, form })).must(201).number('id');
    const path = `/${kind}s/${id}/access_requests`;
    const stamp = () => `${app.clock.now().toISOString().slice(0, 19)}Z`;
    const one = async (name: string, since = stamp()) => {
      const event = await witness.takeOne(name);
      expect(event.keys).toEqual(documentedKeys(name));
      expect(event.payload.body).toMatchObject({
        event_name: name,
        created_at: since,
        [`${kind}_id`]: id,
        [`${kind}_path`]: `opened-${kind}`,
        user_id: ben.user.id,
        user_username: 'ben',
        user_name: 'Ben',
        [kind === 'project' ? 'access_level' : 'group_access']: 'Developer',
      });
    };
    await witness.take();
    (await app.http('POST', path, { as: ben })).must(201);
    await one(asked);
    const since = stamp();
    app.clock.advance(60);
    (await app.http('DELETE', `${path}/${ben.user.id}`, { as: ben })).must(204);
    await one(revoked, since);
    (await app.http('POST', path, { as: ben })).must(201);
    await witness.take();
    (await app.http('PUT', `${path}/${ben.user.id}/approve`, { as: ada })).must(201);
    await one(added);
  });
});
