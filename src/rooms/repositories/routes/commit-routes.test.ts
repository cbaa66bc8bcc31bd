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
let stranger: Api;
let R = '';
let commit: ApiProject['commit'];
let begin: ApiProject['begin'];

beforeAll(async () => {
  api = await startRepositoryApi();
  ({ server, owner, dev, reporter, anonymous, stranger } = api);
});

afterAll(() => server.close());

beforeEach(async () => {
  project = await api.newProject();
  ({ R, commit, begin } = project);
});

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
        userId: api.ada.id,
        updates: [{ ref: 'refs/heads/main', old: NO_SHA, new: id }],
        pushOptions: [],
        viaJobToken: false,
      },
    ]);
    expect(await server.openIntents()).toBe(0);
    expect(await git(project.folder, 'fsck', '--strict')).toBe('');
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
    expect((await git(project.folder, 'ls-tree', '-r', 'main')).replaceAll(/ blob \w+/g, '').split('\n')).toEqual([
      '100644\tempty',
      '100644\tkeep',
      '100644\tnew/name',
      '100755\trun.sh',
      '100644\tx',
    ]);
    expect(await git(project.folder, 'show', 'main:new/name')).toBe('after move');
    expect(await git(project.folder, 'rev-list', 'main')).toContain(first);
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
    expect(await git(project.folder, 'ls-tree', '--name-only', 'main')).toBe('b\nc');
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
        headers: { 'PRIVATE-TOKEN': api.ada.token, 'Content-Type': type },
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
    await git(project.folder, 'branch', 'other', 'main');
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
    expect(await git(project.folder, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
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
    expect(await git(project.folder, 'ls-tree', '--name-only', 'topic')).toBe('a\nb\nd');
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
    const token = server.addJobToken(project, api.ada.id);
    const asJob = await anonymous('POST', `${R}/commits`, { branch: 'main' }, { 'JOB-TOKEN': token });
    expect(asJob.status).toBe(401);
  });

  it('keeps the actor apart from the author', async () => {
    await begin('a');
    await commit({ actions: [create('b')], author_name: 'root', author_email: 'root@example.com' });
    expect(server.pushed[0]).toMatchObject({ userId: api.ada.id });
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
    const token = server.addJobToken(project, api.ada.id);
    expect((await anonymous('GET', `${R}/commits/main`, undefined, { 'JOB-TOKEN': token })).status).toBe(200);
  });
});
