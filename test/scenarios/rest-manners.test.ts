import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/http-caller.ts';
import { EXTERNAL_URL, startTestApp, type TestApp } from '../support/test-app.ts';
import type { TestProject } from '../support/test-project.ts';

const KEYSET = { error: 'Keyset pagination is not yet available for this type of request' };
const CONFIG = `
a: {script: make}
b: {script: make}
c: {script: make}
`;

let app: TestApp;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject(CONFIG, { settings: { visibility: 'public' } });
  await project.run();
  for (let index = 0; index < 4; index += 1) await app.addPerson(`person-${index}`);
});
afterAll(() => app.close());

/** Follows `Link: …; rel="next"` to the end: all ids, page by page. */
const follow = async (path: string, as?: string): Promise<readonly (readonly unknown[])[]> => {
  const pages: (readonly unknown[])[] = [];
  for (let next: string | undefined = path; next !== undefined && pages.length < 20; ) {
    const answer: Answer = (await app.http('GET', next, { as })).must(200);
    expect([answer.headers.get('x-total'), answer.headers.get('x-page')]).toEqual([null, null]);
    pages.push(answer.pluck('id'));
    const link: string | undefined = /<([^>]*)>; rel="next"/u.exec(answer.headers.get('link') ?? '')?.[1];
    next = link?.replace(`${EXTERNAL_URL}/api/v4`, '');
  }
  return pages;
};

describe('keyset paging', () => {
  it('goes through users by id, upwards and downwards', async () => {
    const { token } = await app.root();
    const all = (await app.http('GET', '/users', { as: token, query: { sort: 'asc' } })).pluck('id');
    const up = await follow('/users?pagination=keyset&order_by=id&sort=asc&per_page=2', token);
    expect(up.flat()).toEqual(all);
    expect(up[0]).toHaveLength(2);
    const down = await follow('/users?pagination=keyset&order_by=id&sort=desc&per_page=4', project.owner.token);
    expect(down.flat()).toEqual(all.toReversed());
  });

  it('goes through projects and the jobs of a project', async () => {
    for (let index = 0; index < 3; index += 1) await app.addProject(CONFIG, { owner: project.owner });
    const { token } = project.owner;
    const pages = await follow('/projects?pagination=keyset&order_by=id&sort=asc&per_page=3', token);
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    const jobs = await follow(`/projects/${project.id}/jobs?pagination=keyset&per_page=2`, token);
    expect(jobs.map((page) => page.length)).toEqual([2, 1]);
    expect(jobs.flat()).toEqual(jobs.flat().toSorted((a, b) => Number(b) - Number(a)));
  });

  it.each([
    '/users?pagination=keyset&order_by=name',
    '/projects?pagination=keyset&order_by=name',
    '/groups?pagination=keyset',
  ])('is 405 for what has no such order: %s', async (path) => {
    expect((await app.http('GET', path, { as: await app.root() })).outcome).toEqual([405, KEYSET]);
  });

  it('is 405 for jobs upwards', async () => {
    const answer = await project.call('GET', '/jobs', { query: { pagination: 'keyset', sort: 'asc' } });
    expect(answer.outcome).toEqual([405, KEYSET]);
  });
});

describe('a page too far away', () => {
  const tooFar = (type: string) => ({
    error:
      `Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type ${type}. ` +
      'Remaining records can be retrieved using keyset pagination.',
  });

  it('is 405 for users, groups and, for nobody signed in, projects', async () => {
    const query = { page: '502', per_page: '100' };
    const root = await app.root();
    expect((await app.http('GET', '/users', { as: root, query })).outcome).toEqual([405, tooFar('User')]);
    expect((await app.http('GET', '/groups', { as: root, query })).outcome).toEqual([405, tooFar('Group')]);
    expect((await app.http('GET', '/projects', { query })).outcome).toEqual([405, tooFar('Project')]);
    expect((await app.http('GET', '/projects', { as: root, query })).outcome).toEqual([200, []]);
    const last = { page: '501', per_page: '100' };
    expect((await app.http('GET', '/users', { as: root, query: last })).outcome).toEqual([200, []]);
  });
});

describe('every route below a project', () => {
  it('takes the full path for the id, in any case, and no bare name', async () => {
    const paths = ['', '/pipelines', '/repository/branches', '/repository/tree'];
    for (const path of paths) {
      const byId = (await app.http('GET', `/projects/${project.id}${path}`)).must(200);
      const encoded = encodeURIComponent(project.fullPath);
      for (const id of [encoded, encoded.toUpperCase(), encoded.replace('%2F', '%2f')]) {
        const byPath = (await app.http('GET', `/projects/${id}${path}`)).must(200);
        expect(byPath.body).toEqual(byId.body);
      }
    }
    const [, name = ''] = project.fullPath.split('/');
    expect((await app.http('GET', `/projects/${name}`)).outcome).toEqual([404, { message: '404 Project Not Found' }]);
  });

  it.each(['.json', '/', '/?page=1'])('tolerates %s at the end', async (end) => {
    (await app.http('GET', `/projects/${project.id}/pipelines${end}`)).must(200);
    (await app.http('GET', `/projects/${project.id}${end}`)).must(200);
  });

  it('is 404 for a wrong method', async () => {
    expect((await project.call('PATCH', '')).outcome).toEqual([404, { error: '404 Not Found' }]);
  });

  it('writes times in UTC with milliseconds, and names each request', async () => {
    const answer = await project.call('GET', '');
    expect(answer.string('created_at')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
    const named = await project.call('GET', '', { headers: { 'X-Request-Id': 'my-own.1' } });
    expect(named.headers.get('x-request-id')).toBe('my-own.1');
    const commit = (await project.call('GET', '/repository/commits')).must(200);
    expect(commit.string(0, 'committed_date')).toMatch(/\.\d{3}[+-]\d\d:\d\d$/u);
  });
});
