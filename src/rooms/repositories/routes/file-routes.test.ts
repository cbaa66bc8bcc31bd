import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git, tryGit } from '../../../../test/support/git-client.ts';
import {
  type Api,
  type ApiProject,
  create,
  message,
  type RepositoryApi,
  startRepositoryApi,
} from '../../../../test/support/repository-api.ts';

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

describe('files', () => {
  it('reads a file with everything known about it', async () => {
    const first = await begin('src/ü file.txt');
    await commit({ actions: [create('other')] });
    const path = `${R}/files/src%2F${encodeURIComponent('ü file.txt')}`;
    const { status, body } = await owner('GET', `${path}?ref=main`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      file_name: 'ü file.txt',
      file_path: 'src/ü file.txt',
      size: 15,
      encoding: 'base64',
      ref: 'main',
      last_commit_id: first,
      execute_filemode: false,
      content: Buffer.from('src/ü file.txt').toString('base64'),
    });
    const head = await owner('HEAD', `${path}?ref=HEAD`);
    expect(head.status).toBe(200);
    expect(head.headers.get('x-gitlab-size')).toBe('15');
    expect(head.headers.get('x-gitlab-last-commit-id')).toBe(first);
    expect(head.headers.get('x-gitlab-execute-filemode')).toBe('false');
    const raw = await owner('GET', `${path}/raw`);
    expect(raw.text).toBe('src/ü file.txt');
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('refuses in GitLab’s words', async () => {
    await begin('a.txt', 'dir/b');
    const error = (text: string) => ({ error: text });
    const cases: readonly (readonly [string, number, object])[] = [
      ['a.txt', 400, error('ref is missing, ref is empty')],
      ['a.txt?ref=nope', 404, message('404 Commit Not Found')],
      ['a.txt?ref=--output%3Dx', 404, message('404 Commit Not Found')],
      ['nope?ref=main', 404, message('404 File Not Found')],
      ['dir?ref=main', 404, message('404 File Not Found')],
      ['%2e%2e%2f%2e%2e%2fetc%2fpasswd?ref=main', 400, error('file_path should be a valid file path')],
      ['dir%2F..%2Fa.txt?ref=main', 400, error('file_path should be a valid file path')],
      ['dir%5C..%5Ca.txt?ref=main', 400, error('file_path should be a valid file path')],
      ['%252e%252e%252fx?ref=main', 404, message('404 File Not Found')],
    ];
    for (const [path, status, body] of cases) {
      expect([path, await owner('GET', `${R}/files/${path}`)]).toMatchObject([path, { status, body }]);
    }
  });

  it('creates, changes and deletes', async () => {
    await begin('a');
    const path = `${R}/files/dir%2Fnew.txt`;
    const body = { branch: 'main', commit_message: 'm', content: 'one' };
    expect(await owner('POST', path, { ...body, execute_filemode: true })).toMatchObject({
      status: 201,
      body: { file_path: 'dir/new.txt', branch: 'main' },
    });
    expect(await git(project.folder, 'ls-tree', '-r', 'main', 'dir')).toContain('100755');
    expect(await owner('POST', path, body)).toMatchObject({
      status: 400,
      body: message('A file with this name already exists'),
    });
    const head = await git(project.folder, 'rev-parse', 'main');
    expect(
      await owner('PUT', path, { ...body, content: 'dHdv', encoding: 'base64', last_commit_id: head }),
    ).toMatchObject({
      status: 200,
      body: { file_path: 'dir/new.txt', branch: 'main' },
    });
    expect(await owner('PUT', path, { ...body, last_commit_id: head })).toMatchObject({
      status: 400,
      body: message('You are attempting to update a file that has changed since you started editing it.'),
    });
    expect(await git(project.folder, 'show', 'main:dir/new.txt')).toBe('two');
    expect(await owner('PUT', `${R}/files/nope`, body)).toMatchObject({
      status: 400,
      body: message("A file with this name doesn't exist"),
    });
    expect(await owner('POST', path, { branch: 'main', commit_message: 'm' })).toMatchObject({
      status: 400,
      body: message('400 Bad request - content is required'),
    });
    expect((await owner('DELETE', `${path}?branch=main&commit_message=gone`)).status).toBe(204);
    expect(await git(project.folder, 'ls-tree', '--name-only', 'main')).toBe('a');
    expect(server.pushed).toHaveLength(3);
  });

  it('knows who may', async () => {
    await begin('a');
    const body = { branch: 'main', commit_message: 'm', content: 'x' };
    expect(await reporter('POST', `${R}/files/x`, body)).toMatchObject({ status: 403, body: message('403 Forbidden') });
    expect(await dev('POST', `${R}/files/x`, body)).toMatchObject({
      status: 400,
      body: message('You are not allowed to push into this branch'),
    });
    expect((await anonymous('POST', `${R}/files/x`, body)).status).toBe(401);
    expect((await dev('POST', `${R}/files/x`, { ...body, branch: 'topic', start_branch: 'main' })).status).toBe(201);
  });
});

describe('trees, blobs and merge bases', () => {
  it('lists folders first, deep or flat, in pages', async () => {
    await begin('a.txt', 'dir/b', 'dir/sub/c', 'z/d');
    const list = async (query: string): Promise<unknown> => {
      const { body } = await owner('GET', `${R}/tree?${query}`);
      return Array.isArray(body) ? body.map(({ path }: { path: string }) => path) : body;
    };
    expect(await list('')).toEqual(['dir', 'z', 'a.txt']);
    expect(await list('path=dir')).toEqual(['dir/sub', 'dir/b']);
    expect(await list('recursive=true')).toEqual(['dir', 'dir/sub', 'z', 'a.txt', 'dir/b', 'dir/sub/c', 'z/d']);
    expect(await list('recursive=true&per_page=2&page=2')).toEqual(['z', 'a.txt']);
    expect((await owner('GET', `${R}/tree`)).body).toContainEqual({
      id: expect.stringMatching(/^[0-9a-f]{40}$/),
      name: 'a.txt',
      type: 'blob',
      path: 'a.txt',
      mode: '100644',
    });
    expect(await list('ref=nope')).toEqual(message('404 Tree Not Found'));
    expect(await list('path=nope')).toEqual(message('404 invalid revision or path Not Found'));
    expect(await list('path=..%2F..')).toEqual(message('404 invalid revision or path Not Found'));
  });

  it('reads blobs and finds common ancestors', async () => {
    const first = await begin('a');
    const blob = (await tryGit(project.folder, ['rev-parse', 'main:a'])).stdout.trim();
    expect((await owner('GET', `${R}/blobs/${blob}`)).body).toEqual({
      size: 1,
      encoding: 'base64',
      content: 'YQ==',
      sha: blob,
    });
    expect((await owner('GET', `${R}/blobs/${blob}/raw`)).text).toBe('a');
    expect(await owner('GET', `${R}/blobs/${first}`)).toMatchObject({
      status: 404,
      body: message('404 Blob Not Found'),
    });
    await commit({ branch: 'side', start_branch: 'main', actions: [create('b')] });
    await commit({ actions: [create('c')] });
    const base = await owner('GET', `${R}/merge_base?refs[]=main&refs[]=side`);
    expect(base.body).toMatchObject({ id: first });
    expect((await owner('GET', `${R}/merge_base?refs[]=main&refs[]=nope`)).status).toBe(400);
  });
});
