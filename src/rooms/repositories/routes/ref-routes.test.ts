import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../../../test/support/git-client.ts';
import {
  type Api,
  type ApiProject,
  create,
  message,
  type RepositoryApi,
  startRepositoryApi,
} from '../../../../test/support/repository-api.ts';
import { NO_SHA } from '../index.ts';

let api: RepositoryApi;
let project: ApiProject;
let server: RepositoryApi['server'];
let owner: Api;
let dev: Api;
let reporter: Api;
let anonymous: Api;
let R = '';
let commit: ApiProject['commit'];
let begin: ApiProject['begin'];

beforeAll(async () => {
  api = await startRepositoryApi();
  ({ server, owner, dev, reporter, anonymous } = api);
});

afterAll(() => server.close());

beforeEach(async () => {
  project = await api.newProject();
  ({ R, commit, begin } = project);
});

describe('branches', () => {
  it('lists, searches, sorts and reads', async () => {
    const first = await begin('a');
    for (const name of ['feature/one', 'feature/two', 'fix']) {
      expect((await owner('POST', `${R}/branches`, { branch: name, ref: 'main' })).status).toBe(201);
    }
    await commit({ branch: 'fix', actions: [create('b')] });
    const names = async (query: string): Promise<unknown> =>
      ((await owner('GET', `${R}/branches?${query}`)).body as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['feature/one', 'feature/two', 'fix', 'main']);
    expect(await names('search=%5Efeature')).toEqual(['feature/one', 'feature/two']);
    expect(await names('search=two%24')).toEqual(['feature/two']);
    expect(await names('regex=%5Ef.x%24')).toEqual(['fix']);
    const paged = await owner('GET', `${R}/branches?per_page=3`);
    expect(paged.headers.get('x-total')).toBe('4');
    const keyset = await owner('GET', `${R}/branches?per_page=3&pagination=keyset`);
    expect(keyset.headers.get('link')).toContain('page_token=fix');
    expect(await names('per_page=3&pagination=keyset&page_token=fix')).toEqual(['main']);
    expect(await owner('GET', `${R}/branches?regex=(`)).toMatchObject({
      status: 400,
      body: message('Regex is invalid'),
    });
    expect((await owner('GET', `${R}/branches/main`)).body).toMatchObject({
      name: 'main',
      merged: false,
      protected: true,
      default: true,
      developers_can_push: false,
      developers_can_merge: false,
      can_push: true,
      web_url: `${server.url}/${project.fullPath}/-/tree/main`,
      commit: { id: first },
    });
    expect((await dev('GET', `${R}/branches/main`)).body).toMatchObject({ can_push: false });
    expect((await owner('GET', `${R}/branches/feature%2Fone`)).body).toMatchObject({ merged: true, protected: false });
    expect((await owner('GET', `${R}/branches/fix`)).body).toMatchObject({ merged: false });
    expect((await owner('HEAD', `${R}/branches/fix`)).text).toBe('');
    expect(await owner('GET', `${R}/branches/nope`)).toMatchObject({
      status: 404,
      body: message('404 Branch Not Found'),
    });
  });

  it('creates: refusals and the push that follows', async () => {
    const first = await begin('a');
    const post = (branch: string, ref: string, as: Api = owner) => as('POST', `${R}/branches`, { branch, ref });
    const cases: readonly (readonly [string, string, string])[] = [
      ['bad name', 'main', 'Branch name is invalid'],
      ['--upload-pack=x', 'main', 'Branch name is invalid'],
      ['a\nb', 'main', 'Branch name is invalid'],
      ['refs/heads/x', 'main', 'Branch name is invalid'],
      ['main', 'main', 'Branch already exists'],
      ['x', 'nope', "Failed to create branch 'x': invalid reference name 'nope'"],
      ['x', '--all', "Failed to create branch 'x': invalid reference name '--all'"],
      ['main/below', 'main', 'Could not update refs/heads/main/below. Please refresh and try again.'],
    ];
    for (const [name, ref, text] of cases)
      expect(await post(name, ref)).toMatchObject({ status: 400, body: message(text) });
    expect((await post('x', 'main', reporter)).status).toBe(403);
    expect((await post('x', 'main', anonymous)).status).toBe(401);
    expect(server.pushed).toEqual([]);
    expect((await post('x', first, dev)).status).toBe(201);
    expect(server.pushed).toMatchObject([{ updates: [{ ref: 'refs/heads/x', old: NO_SHA, new: first }] }]);
  });

  it('deletes: not the default, protected only with the right, and only what was seen', async () => {
    const first = await begin('a');
    await owner('POST', `${R}/branches`, { branch: 'x', ref: 'main' });
    await owner('POST', `${R}/branches`, { branch: 'kept', ref: 'main' });
    const { db } = server.database;
    await db
      .insertInto('protected_branches')
      .values({ project_id: project.id, name: 'k*', created_at: new Date() })
      .execute();
    expect(await owner('DELETE', `${R}/branches/main`)).toMatchObject({
      status: 400,
      body: message('The default branch of a project cannot be deleted.'),
    });
    expect((await dev('DELETE', `${R}/branches/kept`)).status).toBe(403);
    expect((await owner('DELETE', `${R}/branches/nope`)).status).toBe(404);
    const old = { 'If-Unmodified-Since': new Date('2020-01-01').toUTCString() };
    expect((await dev('DELETE', `${R}/branches/x`, undefined, old)).status).toBe(412);
    server.pushed.length = 0;
    expect((await dev('DELETE', `${R}/branches/x`)).status).toBe(204);
    expect(server.pushed[0]?.updates).toEqual([{ ref: 'refs/heads/x', old: first, new: NO_SHA }]);
    expect((await owner('DELETE', `${R}/branches/kept`)).status).toBe(204);
  });

  it('deletes merged branches', async () => {
    await begin('a');
    await owner('POST', `${R}/branches`, { branch: 'merged', ref: 'main' });
    await commit({ branch: 'open', start_branch: 'main', actions: [create('b')] });
    expect((await owner('DELETE', `${R}/merged_branches`)).status).toBe(202);
    expect(await git(project.folder, 'for-each-ref', '--format=%(refname:short)')).toBe('main\nopen');
  });
});

describe('tags', () => {
  it('creates, lists, reads and deletes', async () => {
    const first = await begin('a');
    const light = await owner('POST', `${R}/tags`, { tag_name: 'v1.10', ref: 'main' });
    expect(light).toMatchObject({
      status: 201,
      body: {
        name: 'v1.10',
        message: null,
        target: first,
        commit: { id: first },
        release: null,
        protected: false,
        created_at: null,
      },
    });
    const annotated = await owner('POST', `${R}/tags`, { tag_name: 'v1.9', ref: first, message: 'Nine\n' });
    expect(annotated.body).toMatchObject({
      name: 'v1.9',
      message: 'Nine',
      commit: { id: first },
      created_at: '2026-01-02T03:04:05.000+00:00',
    });
    const { target } = annotated.body as { target: string };
    expect(await git(project.folder, 'cat-file', '-t', target)).toBe('tag');
    expect(server.pushed[1]?.updates).toEqual([{ ref: 'refs/tags/v1.9', old: NO_SHA, new: target }]);
    const names = async (query: string): Promise<unknown> =>
      ((await owner('GET', `${R}/tags?${query}`)).body as { name: string }[]).map(({ name }) => name);
    expect(await names('order_by=version&sort=asc')).toEqual(['v1.9', 'v1.10']);
    expect(await names('order_by=name')).toEqual(['v1.9', 'v1.10']);
    expect(await names('search=%5Ev1.1')).toEqual(['v1.10']);
    expect((await owner('GET', `${R}/tags/v1.9`)).body).toMatchObject({ message: 'Nine' });
    expect(await owner('GET', `${R}/tags/nope`)).toMatchObject({ status: 404, body: message('404 Tag Not Found') });
    expect((await owner('DELETE', `${R}/tags/v1.9`)).status).toBe(204);
    expect((await owner('DELETE', `${R}/tags/v1.9`)).status).toBe(404);
  });

  it('refuses', async () => {
    const post = (tag_name: string, ref: string, as: Api = owner) => as('POST', `${R}/tags`, { tag_name, ref });
    expect(await post('v1', 'main')).toMatchObject({ status: 400, body: message('Target is empty') });
    await begin('a');
    await post('v1', 'main');
    expect(await post('v1', 'main')).toMatchObject({ status: 400, body: message('Tag v1 already exists') });
    expect(await post('v2', 'nope')).toMatchObject({ status: 400, body: message('Target nope is invalid') });
    expect(await post('a b', 'main')).toMatchObject({ status: 400, body: message('Tag name invalid') });
    expect(await post('-d', 'main')).toMatchObject({ status: 400, body: message('Tag name invalid') });
    const { db } = server.database;
    await db
      .insertInto('protected_tags')
      .values({ project_id: project.id, name: 'v*', created_at: new Date() })
      .execute();
    expect(await post('v3', 'main', dev)).toMatchObject({
      status: 400,
      body: message('You are not allowed to create this tag as it is protected.'),
    });
    expect((await dev('DELETE', `${R}/tags/v1`)).status).toBe(403);
    expect((await owner('GET', `${R}/tags/v1`)).body).toMatchObject({ protected: true });
  });
});
