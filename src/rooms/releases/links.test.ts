import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import { linkProblems } from './link-policy.ts';

let app: TestApp;
let project: TestProject;

beforeAll(async () => {
  app = await startTestApp();
  project = await app.addProject('build: {script: make}\n');
  (await project.call('POST', '/releases', { json: { tag_name: 'v1', ref: 'main' } })).must(201);
});
afterAll(() => app.close());

const LINKS = '/releases/v1/assets/links';

describe('links of a release', () => {
  it('may be many', async () => {
    const links = Array.from({ length: 10_000 }, (_, index) => ({
      name: `n${index}`,
      url: `https://example.com/${index}`,
    }));
    const json = { tag_name: 'v-many', ref: 'main', released_at: '2020-01-01', assets: { links } };
    const made = (await project.call('POST', '/releases', { json })).must(201);
    expect(made.at('assets')).toMatchObject({ count: 10_004 });
    const page = (await project.call('GET', '/releases/v-many/assets/links', { query: { per_page: '2' } })).must(200);
    expect([page.at(0, 'name'), page.at(1, 'name')]).toEqual(['n9999', 'n9998']);
  });

  it('are added, read, changed and removed', async () => {
    const json = { name: 'app', url: 'https://example.com/app', filepath: '/bin/app', link_type: 'package' };
    const made = (await project.call('POST', LINKS, { json })).must(201);
    const id = made.number('id');
    const shown = {
      id,
      name: 'app',
      url: 'https://example.com/app',
      direct_asset_url: `${app.parts.server.externalUrl}/api/v4/projects/${project.id}/releases/v1/downloads/bin/app`,
      link_type: 'package',
    };
    expect(made.body).toEqual(shown);
    expect((await project.call('GET', `${LINKS}/${id}`)).must(200).body).toEqual(shown);
    const listed = (await project.call('GET', LINKS)).must(200);
    expect(listed.body).toEqual([shown]);
    expect(listed.headers.get('x-total')).toBe('1');

    const download = (path: string) => project.call('GET', `/releases/v1/downloads/${path}`);
    expect((await download('bin/app')).must(302).headers.get('location')).toBe('https://example.com/app');
    expect((await download('bin/other')).outcome).toEqual([404, { message: '404 Not Found' }]);
    const latest = await project.call('GET', '/releases/permalink/latest/downloads/bin/app');
    expect(latest.must(302).headers.get('location')).toBe(shown.direct_asset_url);

    const put = (fields: object) => project.call('PUT', `${LINKS}/${id}`, { json: fields });
    expect((await put({ name: 'tool', direct_asset_path: '/bin/tool' })).must(200).body).toMatchObject({
      name: 'tool',
      url: 'https://example.com/app',
      direct_asset_url: expect.stringMatching(/\/downloads\/bin\/tool$/),
      link_type: 'package',
    });
    expect((await put({ link_type: 'image' })).outcome).toEqual([
      400,
      { error: 'name, url are missing, at least one parameter must be provided' },
    ]);
    expect((await project.call('DELETE', `${LINKS}/${id}`)).must(200).at('name')).toBe('tool');
    expect((await project.call('GET', `${LINKS}/${id}`)).outcome).toEqual([404, { message: '404 Not found' }]);
  });

  it('lead on also where their address has signs that no header takes', async () => {
    const link = { name: 'odd', url: 'https://example.com/\r\nSet-Cookie: ü', direct_asset_path: '/odd/one' };
    const id = (await project.call('POST', LINKS, { json: link })).must(201).number('id');
    const led = await project.call('GET', '/releases/v1/downloads/odd/one');
    expect(led.must(302).headers.get('location')).toBe('https://example.com/Set-Cookie:%20%C3%BC');
    (await project.call('DELETE', `${LINKS}/${id}`)).must(200);
  });

  it('have names and addresses of a bounded length', async () => {
    const words = Array.from({ length: 500 }, (_, index) => (index * 7919).toString(36)).join('');
    const add = (json: object) => project.call('POST', LINKS, { json });
    const long = await add({ name: words, url: `https://example.com/${words.repeat(3)}` });
    expect(long.outcome).toEqual([
      400,
      {
        message: ['Url is too long (maximum is 2048 characters)', 'Name is too long (maximum is 255 characters)'],
      },
    ]);
    const most = { name: '語'.repeat(255), url: `https://example.com/${words.repeat(3)}`.slice(0, 2048) };
    (await project.call('DELETE', `${LINKS}/${(await add(most)).must(201).number('id')}`)).must(200);
  });

  it('are refused in GitLab’s words', async () => {
    const add = (json: object) => project.call('POST', LINKS, { json });
    (await add({ name: 'a', url: 'https://example.com/a' })).must(201);
    expect((await add({ name: 'a', url: 'https://example.com/a' })).outcome).toEqual([
      400,
      { message: ['Url has already been taken', 'Name has already been taken'] },
    ]);
    expect((await add({ name: '', url: 'https://example.com/b' })).outcome).toEqual([
      400,
      { message: ["Name can't be blank"] },
    ]);
    expect((await add({ name: 'b' })).outcome).toEqual([400, { error: 'url is missing' }]);
    expect((await add({ name: 'b', url: 'https://x', link_type: 'zip' })).outcome).toEqual([
      400,
      { error: 'link_type does not have a valid value' },
    ]);
    const other = await project.call('POST', '/releases/v9/assets/links', { json: { name: 'b', url: 'https://x' } });
    expect(other.outcome).toEqual([404, { message: '404 Not found' }]);
  });

  it.each([
    ['/bin/app', []],
    ['/a/b-c/d.tar.gz', []],
    ['bin/app', ['is in an invalid format']],
    ['//bin/app', ['is in an invalid format']],
    ['/bin//app', ['is in an invalid format']],
    ['/bin/app/', ['is in an invalid format']],
    ['/bin/../a b', ['is in an invalid format']],
    [`/${'a'.repeat(128)}`, ['is too long (maximum is 128 characters)']],
  ])('stand at the path %s or not', (filepath, texts) => {
    const link = { name: 'a', url: 'https://example.com', linkType: 'other', filepath } as const;
    expect(linkProblems(link).map(({ text }) => text)).toEqual(texts);
  });

  it.each([
    ['https://example.com/x', []],
    ['ftp://example.com/x', []],
    ['javascript:alert(1)', ['is blocked: Only allowed schemes are http, https, ftp']],
    ['nothing', ['is blocked: URI is invalid']],
    [' ', ["can't be blank", 'must be a valid URL']],
    [`https://example.com/${'ü'.repeat(1020)}`, ['is too long (maximum is 2048 characters)']],
  ])('lead to %j or not', (to, texts) => {
    const link = { name: 'a', url: to, linkType: 'other', filepath: null } as const;
    expect(linkProblems(link).map(({ text }) => text)).toEqual(texts);
  });
});
