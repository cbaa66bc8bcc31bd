import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { ROLES } from '../groups/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A public project with a merge request. */
const opened = async (): Promise<TestProject> => {
  const project = await app.addProject({ 'a.txt': 'a' }, { settings: { visibility: 'public' } });
  await project.commit({ 'b.txt': 'b' }, { branch: 'topic', from: (await project.headOf('main')) ?? '' });
  const json = { source_branch: 'topic', target_branch: 'main', title: 'A topic' };
  (await project.call('POST', '/merge_requests', { json })).must(201);
  return project;
};

describe('comments', () => {
  it('are written, changed by their author, counted and deleted', async () => {
    const project = await opened();
    const guest = await app.addPerson('mr-guest');
    const path = '/merge_requests/1/notes';
    const made = (await project.call('POST', path, { as: guest, json: { body: 'Nice' } })).must(201);
    expect(made.body).toMatchObject({
      body: 'Nice',
      author: { id: guest.user.id },
      system: false,
      noteable_type: 'MergeRequest',
      noteable_iid: 1,
      project_id: project.id,
    });
    (await project.call('POST', path, { json: { body: 'Secret', internal: true } })).must(201);
    expect((await project.call('GET', path)).must(200).pluck('body')).toEqual(['Secret', 'Nice']);
    expect((await project.call('GET', path, { as: guest })).must(200).pluck('body')).toEqual(['Nice']);
    const one = `${path}/${made.number('id')}`;
    const other = await app.addPerson('mr-other-guest');
    expect((await project.call('PUT', one, { as: other, json: { body: 'Mine' } })).status).toBe(403);
    expect((await project.call('PUT', one, { as: guest, json: { body: 'Better' } })).must(200).at('body')).toBe(
      'Better',
    );
    expect((await project.call('GET', '/merge_requests/1')).at('user_notes_count')).toBe(2);
    expect((await project.call('POST', path, { json: { body: '' } })).outcome).toEqual([
      400,
      { message: "400 Bad request - (Note can't be blank)" },
    ]);
    (await project.call('DELETE', one, { as: guest })).must(204);
    (await project.call('GET', one)).must(404);
  });

  it('are for members alone where the discussion is locked', async () => {
    const project = await opened();
    const [guest, stranger] = [await app.addPerson('mr-locked-guest'), await app.addPerson('mr-locked-stranger')];
    await project.addMember(guest, ROLES.guest);
    const path = '/merge_requests/1/notes';
    const own = (await project.call('POST', path, { as: stranger, json: { body: 'x' } })).must(201).number('id');
    (await project.call('PUT', '/merge_requests/1', { json: { discussion_locked: true } })).must(200);
    expect((await project.call('POST', path, { as: stranger, json: { body: 'x' } })).status).toBe(403);
    expect((await project.call('PUT', `${path}/${own}`, { as: stranger, json: { body: 'x' } })).status).toBe(403);
    expect((await project.call('DELETE', `${path}/${own}`, { as: stranger })).status).toBe(403);
    (await project.call('POST', path, { as: guest, json: { body: 'x' } })).must(201);
    expect((await project.call('GET', path, { as: stranger })).must(200).pluck('body')).toEqual(['x', 'x']);
  });

  it('make their authors participants, those of internal ones for whom these show', async () => {
    const project = await opened();
    const [stranger, reporter] = [await app.addPerson('mr-noter'), await app.addPerson('mr-internal-noter')];
    await project.addMember(reporter, ROLES.reporter);
    const path = '/merge_requests/1/notes';
    (await project.call('POST', path, { as: stranger, json: { body: 'x' } })).must(201);
    (await project.call('POST', path, { as: reporter, json: { body: 'x', internal: true } })).must(201);
    const participants = async (as: Person) =>
      (await project.call('GET', '/merge_requests/1/participants', { as })).must(200).pluck('id');
    const [owner, first, second] = [project.owner, stranger, reporter].map(({ user }) => user.id);
    expect(await participants(reporter)).toEqual([owner, first, second]);
    expect(await participants(stranger)).toEqual([owner, first]);
  });
});
