import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiClient } from '../../../../test/support/api-client.ts';
import { git, tryGit } from '../../../../test/support/git-client.ts';
import { type RepositoryServer, startRepositoryServer } from '../../../../test/support/repository-server.ts';
import { NO_SHA } from '../index.ts';

let server: RepositoryServer;
type Api = ReturnType<typeof apiClient>;
let owner: Api;
let dev: Api;
let reporter: Api;
let anonymous: Api;
let stranger: Api;
let ids: Record<'ada' | 'dev' | 'reporter', number>;
let ada: Awaited<ReturnType<RepositoryServer['addUser']>>;
let project: Awaited<ReturnType<RepositoryServer['addProject']>>;
let R = '';

beforeAll(async () => {
  server = await startRepositoryServer();
  ada = await server.addUser('ada');
  const users = { dev: await server.addUser('dev'), reporter: await server.addUser('reporter') };
  const other = await server.addUser('stranger');
  ids = { ada: ada.id, dev: users.dev.id, reporter: users.reporter.id };
  owner = apiClient(server.url, ada.token);
  dev = apiClient(server.url, users.dev.token);
  reporter = apiClient(server.url, users.reporter.token);
  stranger = apiClient(server.url, other.token);
  anonymous = apiClient(server.url);
});

afterAll(() => server.close());

let counter = 0;
const newProject = async (): Promise<void> => {
  project = await server.addProject(ada, `api-${++counter}`);
  await server.addMember(project.id, ids.dev, 30);
  await server.addMember(project.id, ids.reporter, 20);
  R = `/projects/${project.id}/repository`;
};
beforeEach(async () => {
  await newProject();
  server.pushed.length = 0;
});

const create = (file_path: string, content = file_path) => ({ action: 'create', file_path, content });
const commit = (body: object, as: Api = owner) =>
  as('POST', `${R}/commits`, { branch: 'main', commit_message: 'Message', ...body });
/** A first commit on main with these files. */
const begin = async (...files: readonly string[]): Promise<string> => {
  const made = await commit({ actions: files.map((file) => create(file)) });
  expect(made.status).toBe(201);
  server.pushed.length = 0;
  return (made.body as { id: string }).id;
};
const folderOf = (): string => join(server.folder, 'repositories', `${project.id}.git`);
const message = (text: string) => ({ message: text });

describe('POST commits', () => {
  it('makes the first commit, in all its fields, and tells of a push', async () => {
    const made = await commit({
      commit_message: 'Title\n\nBody\n\nSigned-off-by: A <a@x>',
      author_name: 'Someone',
      author_email: 'someone@example.com',
      actions: [create('a.txt', 'one\ntwo\n'), { ...create('b/c.bin'), content: 'AAEC', encoding: 'base64' }],
    });
    expect(made.status).toBe(201);
    const { id, ...rest } = made.body as { id: string };
    expect(rest).toEqual({
      short_id: id.slice(0, 8),
      created_at: '2026-01-02T03:04:05.000+00:00',
      parent_ids: [],
      title: 'Title',
      message: 'Title\n\nBody\n\nSigned-off-by: A <a@x>',
      author_name: 'Someone',
      author_email: 'someone@example.com',
      authored_date: '2026-01-02T03:04:05.000+00:00',
      committer_name: 'ada',
      committer_email: 'ada@example.com',
      committed_date: '2026-01-02T03:04:05.000+00:00',
      trailers: { 'Signed-off-by': 'A <a@x>' },
      extended_trailers: { 'Signed-off-by': ['A <a@x>'] },
      web_url: `${server.url}/${project.fullPath}/-/commit/${id}`,
      stats: { additions: 2, deletions: 0, total: 2 },
      status: null,
      project_id: project.id,
      last_pipeline: null,
    });
    expect(server.pushed).toMatchObject([
      {
        userId: ada.id,
        updates: [{ ref: 'refs/heads/main', old: NO_SHA, new: id }],
        pushOptions: [],
        viaJobToken: false,
      },
    ]);
    expect(await server.openIntents()).toBe(0);
    expect(await git(folderOf(), 'fsck', '--strict')).toBe('');
    expect((await owner('GET', `${R}/files/b%2Fc.bin/raw?ref=main`)).text).toBe('\0\u0001\u0002');
  });

  it('applies every kind of action, in order, as one commit', async () => {
    const first = await begin('keep', 'old/name', 'gone', 'run.sh', 'x/y/z');
    const made = await commit({
      actions: [
        { action: 'update', file_path: 'keep', content: 'new' },
        { action: 'move', file_path: 'new/name', previous_path: 'old/name' },
        { action: 'update', file_path: 'new/name', content: 'after move' },
        { action: 'delete', file_path: 'gone' },
        { action: 'chmod', file_path: 'run.sh', execute_filemode: true },
        { action: 'delete', file_path: 'x/y/z' },
        create('x', 'now a file'),
        { action: 'create', file_path: 'empty' },
      ],
    });
    expect(made.status).toBe(201);
    expect((await git(folderOf(), 'ls-tree', '-r', 'main')).replaceAll(/ blob \w+/g, '').split('\n')).toEqual([
      '100644\tempty',
      '100644\tkeep',
      '100644\tnew/name',
      '100755\trun.sh',
      '100644\tx',
    ]);
    expect(await git(folderOf(), 'show', 'main:new/name')).toBe('after move');
    expect(await git(folderOf(), 'rev-list', 'main')).toContain(first);
    expect((made.body as { parent_ids: string[] }).parent_ids).toEqual([first]);
  });

  it('takes forms too, in both shapes of lists', async () => {
    const form =
      'branch=main&commit_message=m&actions[][action]=create&actions[][file_path]=a&actions[][content]=1' +
      '&actions[][action]=create&actions[][file_path]=b&actions[][content]=2';
    expect((await owner('POST', `${R}/commits`, form)).status).toBe(201);
    const indexed =
      'branch=main&commit_message=m&actions[0][action]=create&actions[0][file_path]=c&actions[1][action]=delete&actions[1][file_path]=a';
    expect((await owner('POST', `${R}/commits`, indexed)).status).toBe(201);
    expect(await git(folderOf(), 'ls-tree', '--name-only', 'main')).toBe('b\nc');
  });

  it('refuses what is missing, in order', async () => {
    const bad = async (body: object, text: string): Promise<void> => {
      const { status, body: answer } = await owner('POST', `${R}/commits`, body);
      expect([status, answer]).toEqual([400, message(`400 Bad request - ${text}`)]);
    };
    const named = { branch: 'main', commit_message: 'm' };
    const one = (action: object) => ({ ...named, actions: [{ action: 'create', file_path: 'x' }, action] });
    await bad({}, 'branch is required');
    await bad({ branch: 'main' }, 'commit_message is required');
    await bad(named, 'Provide at least one action, or set allow_empty to true');
    await bad({ ...named, actions: [] }, 'Provide at least one action, or set allow_empty to true');
    await bad({ ...named, actions: 'x' }, 'actions must be an array');
    await bad({ ...named, actions: { a: 1 } }, 'actions must be an array');
    await bad(
      { ...named, actions: [create('x')], start_branch: 'a', start_sha: 'b' },
      'start_branch, start_sha are mutually exclusive',
    );
    await bad(one({}), 'actions[1][action] is required');
    await bad(one({ action: 'create' }), 'actions[1][file_path] is required');
    await bad(
      one({ action: 'rename', file_path: 'y' }),
      'actions[1][action] must be one of: create, update, move, delete, chmod',
    );
    await bad(one({ ...create('y'), encoding: 'hex' }), 'actions[1][encoding] must be text or base64');
    await bad(one({ action: 'update', file_path: 'y' }), 'actions[1][content] is required for update action');
    await bad(one({ action: 'move', file_path: 'y' }), 'actions[1][previous_path] is required for move action');
    await bad(one({ action: 'chmod', file_path: 'y' }), 'actions[1][execute_filemode] is required for chmod action');
    expect(server.pushed).toEqual([]);
  });

  it('refuses broken JSON and other content types in its own words', async () => {
    const post = async (type: string, body: string) => {
      const answer = await fetch(`${server.url}/api/v4${R}/commits?branch=main`, {
        method: 'POST',
        body,
        headers: { 'PRIVATE-TOKEN': ada.token, 'Content-Type': type },
      });
      return [answer.status, await answer.json()];
    };
    expect(await post('application/json', '{"branch":')).toEqual([
      400,
      { message: 'Invalid json', error: 'Invalid json' },
    ]);
    expect(await post('text/xml', '<x/>')).toEqual([
      400,
      message('400 Bad request - Unsupported Content-Type: text/xml'),
    ]);
  });

  it('refuses what does not fit the repository, and does nothing then', async () => {
    const first = await begin('file', 'folder/file');
    await git(folderOf(), 'branch', 'other', 'main');
    const cases: readonly (readonly [object, string])[] = [
      [{ branch: 'nope' }, 'You can only create or edit files when you are on a branch'],
      [{ branch: 'new', start_branch: 'nope' }, 'You can only create or edit files when you are on a branch'],
      [
        { branch: 'other', start_branch: 'main' },
        "A branch called 'other' already exists. Switch to that branch in order to make changes",
      ],
      [{ branch: 'new', start_sha: 'main' }, "Invalid start_sha 'main'"],
      [{ branch: 'new', start_sha: 'f'.repeat(40) }, `Cannot find start_sha '${'f'.repeat(40)}'`],
      [
        { branch: '--upload-pack=x', start_branch: 'main' },
        "Something went wrong when we tried to create '--upload-pack=x' for you: Branch name is invalid",
      ],
      [
        { branch: 'a b\nc', start_branch: 'main' },
        "Something went wrong when we tried to create 'a b\nc' for you: Branch name is invalid",
      ],
      [{ actions: [create('file')] }, 'A file with this name already exists'],
      [{ actions: [create('file/below')] }, 'A file with this name already exists'],
      [{ actions: [create('folder')] }, 'A directory with this name already exists'],
      [{ actions: [{ action: 'update', file_path: 'nope', content: '' }] }, "A file with this name doesn't exist"],
      [{ actions: [{ action: 'delete', file_path: 'folder' }] }, "A file with this name doesn't exist"],
      [{ actions: [{ action: 'move', file_path: 'y', previous_path: 'nope' }] }, "A file with this name doesn't exist"],
      [
        { actions: [{ action: 'move', file_path: 'folder/file', previous_path: 'file' }] },
        'A file with this name already exists',
      ],
      [
        { actions: [{ action: 'chmod', file_path: 'nope', execute_filemode: true }] },
        "A file with this name doesn't exist",
      ],
      [{ actions: [create('../up')] }, 'Path cannot include directory traversal'],
      [{ actions: [create('a\\..\\b')] }, 'Path cannot include directory traversal'],
      [{ actions: [create('.git/hooks/x')] }, "invalid path: '.git/hooks/x'"],
      [{ actions: [create('/abs')] }, "invalid path: '/abs'"],
      [
        { actions: [{ action: 'update', file_path: 'file', content: '', last_commit_id: 'f'.repeat(40) }] },
        'The file has changed since you started editing it: file',
      ],
      [{ actions: [create('fine'), create('fine')] }, 'A file with this name already exists'],
    ];
    for (const [body, text] of cases) {
      const { status, body: answer } = await commit({ actions: [create('new')], ...body });
      expect([status, answer]).toEqual([400, message(text)]);
    }
    expect(server.pushed).toEqual([]);
    expect(await git(folderOf(), 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/main ${first}\nrefs/heads/other ${first}`,
    );
  });

  it('starts branches from a branch or a sha, and overwrites one with force', async () => {
    const first = await begin('a');
    await commit({ actions: [create('b')] });
    const fromSha = await commit({ branch: 'topic', start_sha: first, actions: [create('c')] });
    expect(fromSha.body).toMatchObject({ parent_ids: [first] });
    expect(server.pushed.at(-1)?.updates[0]).toMatchObject({ ref: 'refs/heads/topic', old: NO_SHA });
    const topic = (fromSha.body as { id: string }).id;
    const forced = await commit({ branch: 'topic', start_branch: 'main', force: true, actions: [create('d')] });
    expect(forced.status).toBe(201);
    expect(server.pushed.at(-1)?.updates[0]).toMatchObject({ ref: 'refs/heads/topic', old: topic });
    expect(await git(folderOf(), 'ls-tree', '--name-only', 'topic')).toBe('a\nb\nd');
    const empty = await commit({ allow_empty: true });
    expect(empty.status).toBe(201);
    expect((empty.body as { stats: object }).stats).toEqual({ additions: 0, deletions: 0, total: 0 });
  });

  it('accepts a fresh last_commit_id', async () => {
    const first = await begin('a', 'b');
    await commit({ actions: [{ action: 'update', file_path: 'b', content: 'later' }] });
    const action = { action: 'update', file_path: 'a', content: 'x', last_commit_id: first };
    expect((await commit({ actions: [action] })).status).toBe(201);
    expect((await commit({ actions: [action] })).status).toBe(400);
  });

  it('knows who may', async () => {
    await begin('a');
    const actions = [create('b')];
    const notHere = message('403 Forbidden - You are not allowed to push into this branch');
    expect(await commit({ actions }, anonymous)).toMatchObject({ status: 401 });
    expect(await commit({ actions }, stranger)).toMatchObject({ status: 404, body: message('404 Project Not Found') });
    expect(await commit({ actions }, reporter)).toMatchObject({ status: 403, body: notHere });
    expect(await commit({ actions }, dev)).toMatchObject({ status: 403, body: notHere });
    expect(await commit({ actions, branch: 'topic', start_branch: 'main' }, dev)).toMatchObject({ status: 201 });
    const token = server.addJobToken(project, ada.id);
    const asJob = await anonymous('POST', `${R}/commits`, { branch: 'main' }, { 'JOB-TOKEN': token });
    expect(asJob.status).toBe(401);
  });

  it('keeps the actor apart from the author', async () => {
    await begin('a');
    await commit({ actions: [create('b')], author_name: 'root', author_email: 'root@example.com' });
    expect(server.pushed[0]).toMatchObject({ userId: ada.id });
  });
});

describe('GET commits', () => {
  it('lists with paging and filters', async () => {
    const first = await begin('a');
    for (const name of ['b', 'c']) await commit({ commit_message: name, actions: [create(`dir/${name}`)] });
    const page = await owner('GET', `${R}/commits?per_page=2`);
    expect((page.body as { title: string }[]).map(({ title }) => title)).toEqual(['c', 'b']);
    expect(page.headers.get('x-next-page')).toBe('2');
    expect(page.headers.get('x-total')).toBeNull();
    expect((await owner('GET', `${R}/commits?per_page=2&page=2`)).body).toMatchObject([{ id: first }]);
    expect((await owner('GET', `${R}/commits?path=dir%2Fb&with_stats=true`)).body).toMatchObject([
      { title: 'b', stats: { total: 1 } },
    ]);
    expect((await owner('GET', `${R}/commits?ref_name=nope`)).body).toEqual([]);
    const refused = await owner('GET', `${R}/commits?ref_name=--upload-pack%3Dx`);
    expect([refused.status, refused.body]).toEqual([400, message('ref_name is invalid')]);
    expect((await owner('GET', `${R}/commits?page=0`)).status).toBe(400);
    expect((await owner('GET', `${R}/commits?since=2030-01-01`)).body).toEqual([]);
    expect((await anonymous('GET', `${R}/commits`)).status).toBe(404);
  });

  it('shows one by sha, short sha, branch or tag, with its newest pipeline', async () => {
    const first = await begin('a');
    server.control.lastPipeline = { id: 7, status: 'running' };
    for (const name of [first, first.slice(0, 10), 'main', 'refs%2Fheads%2Fmain']) {
      expect(await owner('GET', `${R}/commits/${name}`)).toMatchObject({
        status: 200,
        body: { id: first, status: 'running', last_pipeline: { id: 7 }, stats: { total: 1 } },
      });
    }
    server.control.lastPipeline = undefined;
    expect((await owner('GET', `${R}/commits/main?stats=false`)).body).not.toHaveProperty('stats');
    for (const name of ['nope', '--upload-pack%3Dx', '%2e%2e%2fetc', 'a%0Ab', '%24(id)', 'main%5E%7B%2Fx%7D']) {
      expect(await owner('GET', `${R}/commits/${name}`)).toMatchObject({
        status: 404,
        body: message('404 Commit Not Found'),
      });
    }
    const token = server.addJobToken(project, ada.id);
    expect((await anonymous('GET', `${R}/commits/main`, undefined, { 'JOB-TOKEN': token })).status).toBe(200);
  });
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
    expect(await git(folderOf(), 'ls-tree', '-r', 'main', 'dir')).toContain('100755');
    expect(await owner('POST', path, body)).toMatchObject({
      status: 400,
      body: message('A file with this name already exists'),
    });
    const head = await git(folderOf(), 'rev-parse', 'main');
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
    expect(await git(folderOf(), 'show', 'main:dir/new.txt')).toBe('two');
    expect(await owner('PUT', `${R}/files/nope`, body)).toMatchObject({
      status: 400,
      body: message("A file with this name doesn't exist"),
    });
    expect(await owner('POST', path, { branch: 'main', commit_message: 'm' })).toMatchObject({
      status: 400,
      body: message('400 Bad request - content is required'),
    });
    expect((await owner('DELETE', `${path}?branch=main&commit_message=gone`)).status).toBe(204);
    expect(await git(folderOf(), 'ls-tree', '--name-only', 'main')).toBe('a');
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
    expect(await git(folderOf(), 'for-each-ref', '--format=%(refname:short)')).toBe('main\nopen');
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
    expect(await git(folderOf(), 'cat-file', '-t', target)).toBe('tag');
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
    const blob = (await tryGit(folderOf(), ['rev-parse', 'main:a'])).stdout.trim();
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
