import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import type { ReleaseChanged } from '../../events/index.ts';
import { findUserById } from '../accounts/index.ts';
import { findProjectById, findProtectedRefs } from '../projects/index.ts';
import { ROLES } from '../projects/role.ts';
import { changeRelease, createRelease, removeRelease } from './change-releases.ts';
import { findReleaseById } from './index.ts';

const CONFIG = 'build: {script: make}\n';

let app: TestApp;
let owner: Person;
let project: TestProject;
let sha: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = await app.addPerson('owner');
});
afterAll(() => app.close());
beforeEach(async () => {
  project = await app.addProject(CONFIG, { owner });
  sha = (await project.headOf('main')) ?? '';
});

const addMember = async (role: number): Promise<Person> => {
  const person = await app.addPerson(`member-${project.id}-${role}`);
  await project.addMember(person, role);
  return person;
};

const create = (json: object, as: Person = owner) => project.call('POST', '/releases', { as, json });
const url = (path: string): string => `${app.parts.server.externalUrl}${path}`;

describe('a release', () => {
  it('is made of a tag that is there, and read, in all its fields', async () => {
    await project.tag('v1/rc', sha);
    const links = [
      { name: 'site', url: 'https://example.com/site' },
      { name: 'app', url: 'https://example.com/app', direct_asset_path: '/bin/app', link_type: 'package' },
    ];
    const made = await create({ tag_name: 'v1/rc', name: 'First', description: 'All *new*', assets: { links } });
    const expected = {
      tag_name: 'v1/rc',
      name: 'First',
      description: 'All *new*',
      created_at: app.clock.now().toISOString(),
      released_at: app.clock.now().toISOString(),
      upcoming_release: false,
      author: expect.objectContaining({ id: owner.user.id, username: 'owner' }),
      commit: expect.objectContaining({ id: sha, title: 'First commit' }),
      commit_path: `/${project.fullPath}/-/commit/${sha}`,
      tag_path: `/${project.fullPath}/-/tags/v1%2Frc`,
      assets: {
        count: 6,
        sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({
          format,
          url: url(`/${project.fullPath}/-/archive/v1%2Frc/${project.fullPath.split('/')[1]}-v1-rc.${format}`),
        })),
        links: [
          {
            id: expect.any(Number),
            name: 'app',
            url: 'https://example.com/app',
            direct_asset_url: url(`/api/v4/projects/${project.id}/releases/v1%2Frc/downloads/bin/app`),
            link_type: 'package',
          },
          {
            id: expect.any(Number),
            name: 'site',
            url: 'https://example.com/site',
            direct_asset_url: 'https://example.com/site',
            link_type: 'other',
          },
        ],
      },
      evidences: [],
      _links: {
        self: url(`/${project.fullPath}/-/releases/v1%2Frc`),
        edit_url: url(`/${project.fullPath}/-/releases/v1%2Frc/edit`),
      },
    };
    expect(made.must(201).body).toEqual(expected);
    expect((await project.call('GET', '/releases/v1%2Frc')).must(200).body).toEqual(expected);
    expect((await project.call('GET', '/releases')).must(200).body).toEqual([expected]);
    const html = await project.call('GET', '/releases/v1%2Frc', { query: { include_html_description: 'true' } });
    expect(html.at('description_html')).toBe('<p dir="auto">All *new*</p>');
  });

  it('makes its tag as a push, annotated where it has a message; a pipeline follows', async () => {
    const wanted = { tag_name: 'v2', ref: 'main', tag_message: 'Second' };
    expect((await create(wanted)).must(201).at('name')).toBe('v2');
    expect(await project.tagTarget('v2')).toBe(sha);
    const tag = (await project.call('GET', '/repository/tags/v2')).must(200);
    expect(tag.body).toMatchObject({ message: 'Second', release: { tag_name: 'v2', description: null } });
    await app.settle();
    expect((await (await project.newestPipeline()).get()).body).toMatchObject({ ref: 'v2', tag: true, source: 'push' });
  });

  it.each([
    ['of a tag that is nowhere', { tag_name: 'v9' }, [422, { message: 'Ref is not specified' }]],
    ['at a ref that is nowhere', { tag_name: 'v9', ref: 'gone' }, [400, { message: 'Target gone is invalid' }]],
    ['of a tag that cannot be', { tag_name: 'a b', ref: 'main' }, [400, { message: 'Tag name invalid' }]],
    ['without a tag', {}, [400, { error: 'tag_name is missing' }]],
    [
      'of a milestone',
      { tag_name: 'v9', ref: 'main', milestones: ['m1', 'm2'] },
      [400, { message: 'Milestone(s) not found: m1, m2' }],
    ],
    [
      'with a link without name',
      { tag_name: 'v9', ref: 'main', assets: { links: [{ url: 'https://x' }] } },
      [400, { error: 'assets[links][0][name] is missing' }],
    ],
    [
      'with links of one name',
      {
        tag_name: 'v9',
        ref: 'main',
        assets: {
          links: [
            { name: 'a', url: 'https://x/1' },
            { name: 'a', url: 'https://x/2' },
          ],
        },
      },
      [400, { message: 'Validation failed: Links have duplicate values (a)' }],
    ],
    [
      'with a link that leads to a file',
      { tag_name: 'v9', ref: 'main', assets: { links: [{ name: 'a', url: 'file:///etc/passwd' }] } },
      [400, { message: 'Validation failed: Links url is blocked: Only allowed schemes are http, https, ftp' }],
    ],
    [
      'with a kind of link that there is none of',
      { tag_name: 'v9', ref: 'main', assets: { links: [{ name: 'a', url: 'https://x', link_type: 'zip' }] } },
      [400, { message: "'zip' is not a valid link_type" }],
    ],
  ])('is refused %s, and no tag is left', async (_what, json, outcome) => {
    expect((await create(json)).outcome).toEqual(outcome);
    expect(await project.tagTarget('v9')).toBeUndefined();
  });

  it('is one for each tag, also where two ask at once', async () => {
    await project.tag('v1', sha);
    const answers = await Promise.all([1, 2, 3].map(() => create({ tag_name: 'v1' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect((await create({ tag_name: 'v1' })).outcome).toEqual([409, { message: 'Release already exists' }]);
  });

  it('is one also where many ask at once for a tag that has to be made', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => create({ tag_name: 'v9', ref: 'main' })));
    const refusals = answers.filter(({ status }) => status !== 201).map(({ outcome }) => outcome);
    expect(refusals).toEqual(Array(5).fill([409, { message: 'Release already exists' }]));
  });

  it('has a name of up to 255 characters', async () => {
    const refusal = [400, { message: 'Validation failed: Name is too long (maximum is 255 characters)' }];
    expect((await create({ tag_name: 'v1', ref: 'main', name: 'x'.repeat(256) })).outcome).toEqual(refusal);
    expect(await project.tagTarget('v1')).toBeUndefined();
    (await create({ tag_name: 'v1', ref: 'main', name: 'é'.repeat(255) })).must(201);
    const json = { name: 'x'.repeat(256) };
    expect((await project.call('PUT', '/releases/v1', { json })).outcome).toEqual(refusal);
  });

  it('is changed and deleted; the tag stays', async () => {
    await project.tag('v1', sha);
    (await create({ tag_name: 'v1', name: 'One', description: 'x' })).must(201);
    const put = (json: object, tag = 'v1') => project.call('PUT', `/releases/${tag}`, { json });
    const later = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    expect((await put({ name: 'Two', released_at: later })).must(200).body).toMatchObject({
      name: 'Two',
      description: 'x',
      released_at: later,
      upcoming_release: true,
    });
    expect((await put({})).outcome).toEqual([400, { message: 'params is empty' }]);
    expect((await put({ milestones: 'm1' })).outcome).toEqual([400, { message: 'Milestone(s) not found: m1' }]);
    expect((await put({ milestones: [] })).status).toBe(200);
    expect((await put({ name: 'x' }, 'v9')).outcome).toEqual([403, { message: '403 Forbidden' }]);
    expect((await project.call('DELETE', '/releases/v1')).must(200).at('tag_name')).toBe('v1');
    expect(await project.tagTarget('v1')).toBe(sha);
    expect((await project.call('GET', '/releases/v1')).outcome).toEqual([404, { message: '404 Not Found' }]);
    expect((await project.call('DELETE', '/releases/v1')).status).toBe(403);
  });

  it('goes when its tag is deleted through the API', async () => {
    (await create({ tag_name: 'v1', ref: 'main' })).must(201);
    (await project.call('DELETE', '/repository/tags/v1')).must(204);
    expect((await project.call('GET', '/releases')).must(200).body).toEqual([]);
  });
});

describe('who may', () => {
  it('developers write, guests read without the code, others nothing', async () => {
    const [developer, reporter, guest] = [await addMember(30), await addMember(20), await addMember(10)];
    expect((await create({ tag_name: 'v1', ref: 'main' }, reporter)).outcome).toEqual([
      403,
      { message: '403 Forbidden' },
    ]);
    (await create({ tag_name: 'v1', ref: 'main', name: 'One' }, developer)).must(201);
    const [seen] = (await project.call('GET', '/releases', { as: guest })).must(200).rows();
    expect(seen?.at('name')).toMatch(/^Release-\d+$/);
    expect(seen?.at('assets')).toEqual({ count: 0, links: [] });
    for (const field of ['tag_name', 'commit', 'tag_path', 'evidences']) expect(seen?.at(field)).toBeUndefined();
    expect((await project.call('GET', '/releases/v1', { as: guest })).status).toBe(403);
    const stranger = await app.addPerson(`stranger-${project.id}`);
    expect((await project.call('GET', '/releases', { as: stranger })).outcome).toEqual([
      404,
      { message: '404 Project Not Found' },
    ]);
    expect((await project.call('DELETE', '/releases/v1', { as: developer })).status).toBe(200);
  });

  it('a protected tag is released by those who may create it', async () => {
    const developer = await addMember(30);
    (await project.call('POST', '/protected_tags', { json: { name: 'v*', create_access_level: 40 } })).must(201);
    expect((await create({ tag_name: 'v1', ref: 'main' }, developer)).outcome).toEqual([
      403,
      { message: 'You are not allowed to create this tag as it is protected.' },
    ]);
    (await create({ tag_name: 'v1', ref: 'main' })).must(201);
    const as = developer;
    expect((await project.call('PUT', '/releases/v1', { as, json: { name: 'x' } })).status).toBe(403);
    expect((await project.call('DELETE', '/releases/v1', { as })).status).toBe(403);
    const json = { name: 'a', url: 'https://example.com' };
    expect((await project.call('POST', '/releases/v1/assets/links', { as, json })).status).toBe(403);
  });

  it('a job’s token, in its own project and where it is allowed', async () => {
    const runner = await app.addRunner(project);
    await project.run();
    const job = await runner.mustTake('build');
    await job.start();
    const headers = { 'JOB-TOKEN': job.token };
    const call = (to: TestProject) =>
      to.anonymously('POST', '/releases', { headers, json: { tag_name: 'v1', ref: 'main' } });
    expect((await call(project)).must(201).at('author', 'id')).toBe(owner.user.id);
    expect((await project.anonymously('GET', '/releases/v1', { headers })).status).toBe(200);
    const other = await app.addProject(CONFIG, { owner });
    expect((await call(other)).status).toBe(403);
    const form = { target_project_id: String(project.id) };
    (await other.call('POST', '/job_token_scope/allowlist', { form })).must(201);
    expect((await call(other)).status).toBe(201);
  });
});

describe('a list of releases', () => {
  it('is in the order asked for, page by page', async () => {
    const now = app.clock.now().getTime();
    for (const [tag, days] of [
      ['a', 2],
      ['b', -3],
      ['c', 0],
    ] as const) {
      const released_at = new Date(now + days * 86_400_000).toISOString();
      (await create({ tag_name: tag, ref: 'main', released_at })).must(201);
    }
    const tags = async (query: Readonly<Record<string, string>>) =>
      (await project.call('GET', '/releases', { query })).must(200).pluck('tag_name');
    expect(await tags({})).toEqual(['a', 'c', 'b']);
    expect(await tags({ sort: 'asc' })).toEqual(['b', 'c', 'a']);
    expect(await tags({ order_by: 'created_at' })).toEqual(['c', 'b', 'a']);
    const paged = await project.call('GET', '/releases', { query: { per_page: '2', page: '2' } });
    expect(paged.pluck('tag_name')).toEqual(['b']);
    expect(paged.headers.get('x-total')).toBe('3');
    const later = new Date(now + 60_000).toISOString();
    expect(await tags({ updated_after: later })).toEqual([]);
    expect(await tags({ updated_before: later })).toHaveLength(3);
    expect((await project.call('GET', '/releases', { query: { order_by: 'name' } })).outcome).toEqual([
      400,
      { error: 'order_by does not have a valid value' },
    ]);
    const latest = await project.call('GET', '/releases/permalink/latest', { query: { order_by: 'x', a: 'b' } });
    expect(latest.must(302).headers.get('location')).toBe(url(`/api/v4/projects/${project.id}/releases/a?a=b`));
  });
});

describe('the releases of a group', () => {
  it('are those of its projects that the caller may see', async () => {
    const group = (await app.http('POST', '/groups', { as: owner, json: { name: 'g', path: 'g' } })).must(201);
    const below = { name: 's', path: 's', parent_id: group.number('id') };
    const sub = (await app.http('POST', '/groups', { as: owner, json: below })).must(201);
    const places = [group, sub].map((place) => ({ namespace_id: String(place.number('id')) }));
    const [first, second] = await Promise.all(places.map((settings) => app.addProject(CONFIG, { owner, settings })));
    if (first === undefined || second === undefined) throw new Error('no projects');
    for (const [of, tag_name] of [
      [first, 'v1'],
      [second, 'v2'],
    ] as const) {
      app.clock.advance(60);
      (await of.call('POST', '/releases', { json: { tag_name, ref: 'main' } })).must(201);
    }
    const list = (as: Person, query: Readonly<Record<string, string>> = {}) =>
      app.http('GET', `/groups/${group.number('id')}/releases`, { as, query });
    expect((await list(owner)).must(200).pluck('tag_name')).toEqual(['v2', 'v1']);
    const simple = (await list(owner, { simple: 'true', sort: 'asc', per_page: '1' })).must(200);
    const now = new Date(app.clock.now().getTime() - 60_000).toISOString();
    const dates = { created_at: now, released_at: now, upcoming_release: false };
    expect(simple.body).toEqual([{ name: 'v1', tag_name: 'v1', description: null, ...dates }]);
    expect(simple.headers.get('x-total')).toBe('2');
    const guest = await app.addPerson('guest-of-one');
    await second.addMember(guest, 10);
    expect((await list(guest)).must(200).pluck('name')).toEqual([expect.stringMatching(/^Release-/)]);
  });
});

describe('what the rest of the server hears', () => {
  it('is each change, while the release is still there', async () => {
    const heard: (ReleaseChanged & { readonly there: boolean })[] = [];
    const deps = {
      ...app.parts,
      ...app.parts.repositories,
      publish: async (tx: Parameters<typeof app.parts.publish>[0], facts: Parameters<typeof app.parts.publish>[1]) => {
        for (const fact of facts) {
          if (fact.type !== 'release_changed') continue;
          const rows = await tx.selectFrom('releases').select('id').where('id', '=', fact.releaseId).execute();
          heard.push({ ...fact, there: rows.length === 1 });
        }
      },
    };
    const [user, of] = [await findUserById(app.db, owner.user.id), await findProjectById(app.db, project.id)];
    if (user === undefined || of === undefined) throw new Error('gone');
    const rules = await findProtectedRefs(app.db, project.id);
    const writer = { user, project: of, role: ROLES.owner, rules };
    await project.tag('v1', sha);
    const none = { titles: [], ids: [] };
    const texts = { tagMessage: undefined, ref: undefined, name: undefined, description: undefined };
    const wanted = { tag: 'v1', ...texts, releasedAt: undefined, milestones: none, links: [] };
    const { id: releaseId } = await createRelease(deps, writer, wanted);
    expect(await findReleaseById(app.db, releaseId)).toMatchObject({ tag: 'v1', sha, links: [] });
    await changeRelease(deps, writer, 'v1', { name: 'x' }, undefined);
    await removeRelease(deps, writer, 'v1');
    expect(await findReleaseById(app.db, releaseId)).toBeUndefined();
    const fact = { type: 'release_changed', projectId: project.id, releaseId, there: true };
    expect(heard).toEqual(['create', 'update', 'delete'].map((action) => ({ ...fact, action })));
  });
});
