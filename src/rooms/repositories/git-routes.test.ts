import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryFolder, tryGit } from '../../../test/support/git-client.ts';
import { type RepositoryServer, startRepositoryServer } from '../../../test/support/repository-server.ts';
import { findBranch, findTag, listPaths, NO_SHA, resolveRef } from './index.ts';

let server: RepositoryServer;
let ada: Awaited<ReturnType<RepositoryServer['addUser']>>;
let dev: typeof ada;
let stranger: typeof ada;
const folder = temporaryFolder('git-routes');

beforeAll(async () => {
  server = await startRepositoryServer();
  ada = await server.addUser('ada');
  dev = await server.addUser('dev');
  stranger = await server.addUser('stranger');
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

let counter = 0;

/** A project with a clone that has one commit, pushed to main. */
const projectWithClone = async (options: Parameters<RepositoryServer['addProject']>[2] = {}) => {
  const project = await server.addProject(ada, `project-${++counter}`, options);
  await server.addMember(project.id, dev.id, 30);
  const work = join(folder, `work-${counter}`);
  await git(folder, 'clone', '-q', server.remote(project.fullPath, ada.token), work);
  await git(work, 'checkout', '-q', '-B', 'main');
  const first = await commit(work, 'README.md', 'hello\n');
  await git(work, 'push', '-q', 'origin', 'main');
  server.pushed.length = 0;
  return { project, work, first };
};

const commit = async (work: string, file: string, content: string): Promise<string> => {
  writeFileSync(join(work, file), content);
  await git(work, 'add', '.');
  await git(work, 'commit', '-q', '--allow-empty', '-m', `Change ${file}`);
  return git(work, 'rev-parse', 'HEAD');
};

const request = (path: string, init: RequestInit & { readonly password?: string } = {}): Promise<Response> =>
  fetch(`${server.url}/${path}`, {
    ...init,
    headers: {
      ...(init.password === undefined ? {} : { Authorization: `Basic ${btoa(`any:${init.password}`)}` }),
      ...(init.headers as Record<string, string> | undefined),
    },
  });

describe('push and fetch', () => {
  it('clones an empty project, pushes, and is told what moved', async () => {
    const project = await server.addProject(ada, 'fresh');
    const work = join(folder, 'fresh');
    await git(folder, 'clone', '-q', server.remote(project.fullPath, ada.token), work);
    await git(work, 'checkout', '-q', '-B', 'main');
    const sha = await commit(work, 'a.txt', 'a');
    server.pushed.length = 0;
    await git(work, 'push', '-q', 'origin', 'main');
    expect(server.pushed).toMatchObject([
      {
        projectId: project.id,
        userId: ada.id,
        updates: [{ ref: 'refs/heads/main', old: NO_SHA, new: sha }],
        refCount: 1,
        pushOptions: [],
        viaJobToken: false,
      },
    ]);
    expect(await server.openIntents()).toBe(0);
    expect(await findBranch(server.repositories, project, 'main')).toMatchObject({ sha });
    expect(await listPaths(server.repositories, project, sha)).toEqual(['a.txt']);
  });

  it('passes push options on', async () => {
    const { work } = await projectWithClone();
    await commit(work, 'b', 'b');
    const options = ['ci.skip', 'ci.variable=KEY=a b "c" $(id)', 'ci.variable=ÜMLAUT=ü'];
    await git(work, 'push', '-q', ...options.flatMap((option) => ['-o', option]), 'origin', 'main');
    expect(server.pushed[0]?.pushOptions).toEqual(options);
  });

  it('moves several refs, tags too, and deletes', async () => {
    const { project, work, first } = await projectWithClone();
    await git(work, 'tag', '-a', '-m', 'One', 'v1');
    const tag = await git(work, 'rev-parse', 'v1');
    await git(work, 'push', '-q', 'origin', 'main:refs/heads/feature/x', 'v1');
    expect(server.pushed[0]).toMatchObject({
      refCount: 2,
      updates: [
        { ref: 'refs/heads/feature/x', old: NO_SHA, new: first },
        { ref: 'refs/tags/v1', old: NO_SHA, new: tag },
      ],
    });
    expect(await findTag(server.repositories, project, 'v1')).toMatchObject({ sha: first });
    await git(work, 'push', '-q', 'origin', ':feature/x');
    expect(server.pushed[1]?.updates).toEqual([{ ref: 'refs/heads/feature/x', old: first, new: NO_SHA }]);
    expect(await resolveRef(server.repositories, project, 'feature/x')).toBe('missing');
    await git(work, 'push', '-q', 'origin', 'main:refs/heads/v1');
    expect(await resolveRef(server.repositories, project, 'v1')).toBe('ambiguous');
    expect(await resolveRef(server.repositories, project, 'refs/tags/v1')).toMatchObject({ kind: 'tag' });
  });

  it.each(['version=0', 'version=2'])(
    'fetches shallow, by sha and from refs/pipelines with protocol %s',
    async (protocol) => {
      const { project, work, first } = await projectWithClone();
      const second = await commit(work, 'c', 'c');
      await git(work, 'push', '-q', 'origin', 'main');
      await git(join(server.folder, 'repositories', `${project.id}.git`), 'update-ref', 'refs/pipelines/7', first);
      const remote = server.remote(project.fullPath, ada.token);
      const client = join(folder, `shallow-${++counter}`);
      const options = ['-c', `protocol.${protocol.replace('=', '=')}`];
      await git(folder, ...options, 'clone', '-q', '--depth', '1', remote, client);
      expect(await git(client, 'rev-list', '--count', 'HEAD')).toBe('1');
      await git(client, ...options, 'fetch', '-q', '--depth', '1', 'origin', '+refs/pipelines/7:refs/pipelines/7');
      expect(await git(client, 'rev-parse', 'refs/pipelines/7')).toBe(first);
      await git(client, ...options, 'fetch', '-q', 'origin', second);
      await git(client, ...options, 'fetch', '-q', '--unshallow', 'origin');
      expect(await git(client, 'rev-list', '--count', 'HEAD')).toBe('2');
    },
  );

  it('takes a large push in chunks', async () => {
    const { project, work } = await projectWithClone();
    const large = Buffer.alloc(6 * 1024 * 1024);
    for (let at = 0; at < large.length; at += 4) large.writeUInt32LE((at * 2654435761) >>> 0, at);
    writeFileSync(join(work, 'large.bin'), large);
    await git(work, 'add', '.');
    await git(work, 'commit', '-qm', 'Large');
    await git(work, '-c', 'http.postBuffer=65536', 'push', '-q', 'origin', 'main');
    const sha = await git(work, 'rev-parse', 'HEAD');
    expect((await findBranch(server.repositories, project, 'main'))?.sha).toBe(sha);
    expect(await git(folder, 'ls-remote', server.remote(project.fullPath, ada.token), 'main')).toContain(sha);
  });

  it('works without .git in the address', async () => {
    const { project, first } = await projectWithClone();
    const remote = server.remote(project.fullPath, ada.token).replace(/\.git$/, '');
    expect(await git(folder, 'ls-remote', remote, 'refs/heads/main')).toBe(`${first}\trefs/heads/main`);
  });

  it('lets one of two concurrent pushes to a branch win and tells of both what is true', async () => {
    const { project, work, first } = await projectWithClone();
    const other = join(folder, `other-${++counter}`);
    await git(folder, 'clone', '-q', server.remote(project.fullPath, ada.token), other);
    const [one, two] = [await commit(work, 'one', '1'), await commit(other, 'two', '2')];
    const results = await Promise.all([work, other].map((cwd) => tryGit(cwd, ['push', '-q', 'origin', 'main'])));
    expect(results.map(({ code }) => code === 0).filter(Boolean)).toHaveLength(1);
    const winner = results[0]?.code === 0 ? one : two;
    expect(server.pushed.flatMap(({ updates }) => updates)).toEqual([
      { ref: 'refs/heads/main', old: first, new: winner },
    ]);
    expect((await findBranch(server.repositories, project, 'main'))?.sha).toBe(winner);
    expect(await server.openIntents()).toBe(0);
  });

  it('tells of twenty pushes to as many branches at once', async () => {
    const { work, first } = await projectWithClone();
    const branches = [...Array(8).keys()].map((index) => `b${index}`);
    await Promise.all(branches.map((name) => git(work, 'push', '-q', 'origin', `main:refs/heads/${name}`)));
    const told = server.pushed.flatMap(({ updates }) => updates);
    expect(told.map(({ ref }) => ref).toSorted()).toEqual(branches.map((name) => `refs/heads/${name}`));
    expect(new Set(told.map((update) => update.new))).toEqual(new Set([first]));
  });
});

describe('what a push may not do', () => {
  const push = (cwd: string, ...args: string[]) => tryGit(cwd, ['push', ...args]);

  it('refuses a force push to a protected branch, before anything moves', async () => {
    const { project, work, first } = await projectWithClone();
    const second = await commit(work, 'x', 'x');
    await git(work, 'push', '-q', 'origin', 'main');
    await git(work, 'reset', '-q', '--hard', first);
    await commit(work, 'y', 'y');
    server.pushed.length = 0;
    const refused = await push(work, '-f', 'origin', 'main', 'main:refs/heads/beside');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'remote: GitLab: You are not allowed to force push code to a protected branch on this project.',
    );
    expect(refused.stderr).toContain('pre-receive hook declined');
    expect(server.pushed).toEqual([]);
    expect(await server.openIntents()).toBe(0);
    expect((await findBranch(server.repositories, project, 'main'))?.sha).toBe(second);
    expect(await findBranch(server.repositories, project, 'beside')).toBeUndefined();
  });

  it('allows force pushes where nothing forbids them', async () => {
    const { project, work, first } = await projectWithClone({ protectMain: false });
    await git(work, 'commit', '-q', '--amend', '-m', 'Other');
    await git(work, 'push', '-qf', 'origin', 'main');
    expect(server.pushed[0]?.updates[0]?.old).toBe(first);
    expect((await findBranch(server.repositories, project, 'main'))?.sha).not.toBe(first);
  });

  it('keeps developers from protected branches, and lets them push others', async () => {
    const { project, work } = await projectWithClone();
    await git(work, 'remote', 'set-url', 'origin', server.remote(project.fullPath, dev.token));
    await commit(work, 'z', 'z');
    const refused = await push(work, 'origin', 'main');
    expect(refused.stderr).toContain('GitLab: You are not allowed to push code to protected branches on this project.');
    await git(work, 'push', '-q', 'origin', 'main:refs/heads/topic');
    expect(server.pushed[0]).toMatchObject({ userId: dev.id });
  });

  it('deletes neither the default nor a protected branch', async () => {
    const { work } = await projectWithClone();
    expect((await push(work, 'origin', ':main')).stderr).toContain(
      'The default branch of a project cannot be deleted.',
    );
  });

  it.each([
    ['refs/pipelines/9', 'deny updating a hidden ref'],
    ['refs/merge-requests/1/head', 'deny updating a hidden ref'],
    ['refs/replace/0000000000000000000000000000000000000001', 'deny updating a hidden ref'],
    ['refs/other/x', 'only branches and tags'],
    [`refs/heads/${'a'.repeat(40)}`, '40-character hexadecimal'],
    ['refs/heads/-x', 'cannot be pushed'],
  ])('refuses to push %s', async (ref, text) => {
    const { project, work } = await projectWithClone();
    const refused = await push(work, 'origin', `main:${ref}`);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(text);
    expect(server.pushed).toEqual([]);
    expect(await server.openIntents()).toBe(0);
    expect(await git(join(server.folder, 'repositories', `${project.id}.git`), 'for-each-ref', ref)).toBe('');
  });

  it('refuses trees that would write into .git', async () => {
    const { work } = await projectWithClone();
    const blob = (await tryGit(work, ['hash-object', '-w', '--stdin'], { input: 'x' })).stdout.trim();
    const inner = (await tryGit(work, ['mktree'], { input: `100644 blob ${blob}\tconfig\n` })).stdout.trim();
    const tree = (await tryGit(work, ['mktree'], { input: `040000 tree ${inner}\t.git\n` })).stdout.trim();
    const bad = (await tryGit(work, ['commit-tree', tree, '-m', 'bad'])).stdout.trim();
    const refused = await push(work, 'origin', `${bad}:refs/heads/bad`);
    expect(refused.stderr).toMatch(/hasDotgit|contains '\.git'/);
    expect(server.pushed).toEqual([]);
  });
});

describe('who may', () => {
  const discover = (path: string, service: string, password?: string): Promise<Response> =>
    request(`${path}.git/info/refs?service=${service}`, password === undefined ? {} : { password });

  it('answers as GitLab does', async () => {
    const { project } = await projectWithClone();
    const open = await server.addProject(ada, 'open', { visibility: 'public' });
    const reading = await server.addToken(ada.id, ['read_repository']);
    const writing = await server.addToken(ada.id, ['write_repository']);
    const apiReader = await server.addToken(ada.id, ['read_api']);
    const [pull, push] = ['git-upload-pack', 'git-receive-pack'];
    const cases: readonly (readonly [string, string, string | undefined, number])[] = [
      [project.fullPath, pull, undefined, 401],
      ['no/such', pull, undefined, 401],
      [project.fullPath, pull, 'glpat-wrong', 401],
      [open.fullPath, pull, 'glpat-wrong', 401],
      [open.fullPath, pull, undefined, 200],
      [open.fullPath, push, undefined, 401],
      [open.fullPath, push, stranger.token, 403],
      [project.fullPath, pull, stranger.token, 404],
      ['no/such', pull, stranger.token, 404],
      [project.fullPath, pull, ada.token, 200],
      [project.fullPath, push, ada.token, 200],
      [project.fullPath, pull, reading, 200],
      [project.fullPath, push, reading, 403],
      [project.fullPath, pull, writing, 200],
      [project.fullPath, push, writing, 200],
      [project.fullPath, pull, apiReader, 403],
      [String(project.id), pull, ada.token, 404],
      [project.fullPath.toUpperCase(), pull, ada.token, 200],
    ];
    for (const [path, service, password, status] of cases) {
      const answer = await discover(path, service, password);
      expect([path, service, password, answer.status]).toEqual([path, service, password, status]);
      if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Basic realm="GitLab"');
      await answer.body?.cancel();
    }
  });

  it('lets a job token pull, and push only where the project says so', async () => {
    const { project, work, first } = await projectWithClone();
    const token = server.addJobToken(project, ada.id);
    const remote = server.remote(project.fullPath, token, 'gitlab-ci-token');
    expect(await git(folder, 'ls-remote', remote, 'refs/heads/main')).toContain(first);
    const refused = await tryGit(work, ['push', remote, 'main:refs/heads/by-job']);
    expect(refused.stderr).toContain('403');
    const foreign = await server.addProject(ada, `foreign-${++counter}`);
    expect((await discover(foreign.fullPath, 'git-upload-pack', token)).status).toBe(403);
    await server.database.db
      .updateTable('projects')
      .set({ ci_push_repository_for_job_token_allowed: true })
      .where('id', '=', project.id)
      .execute();
    server.pushed.length = 0;
    await git(work, 'push', '-q', remote, 'main:refs/heads/by-job');
    expect(server.pushed).toMatchObject([{ viaJobToken: true, userId: ada.id }]);
  });

  it('refuses the dumb protocol, unknown services and wrong bodies', async () => {
    const { project } = await projectWithClone();
    const password = ada.token;
    expect((await request(`${project.fullPath}.git/info/refs`, { password })).status).toBe(403);
    expect((await request(`${project.fullPath}.git/info/refs?service=git-x`, { password })).status).toBe(403);
    expect((await request(`${project.fullPath}.git/HEAD`, { password })).status).toBe(404);
    const post = (headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) =>
      request(`${project.fullPath}.git/git-upload-pack`, { method: 'POST', password, headers, body });
    expect((await post({ 'Content-Type': 'text/plain' }, new Uint8Array())).status).toBe(415);
    const type = { 'Content-Type': 'application/x-git-upload-pack-request' };
    expect((await post({ ...type, 'Content-Encoding': 'br' }, new Uint8Array())).status).toBe(415);
    const zipped = await post(
      { ...type, 'Content-Encoding': 'gzip', 'Git-Protocol': 'version=2' },
      new Uint8Array(gzipSync('0014command=ls-refs\n00010009peel\n0000')),
    );
    expect(zipped.status).toBe(200);
    expect(await zipped.text()).toContain('refs/heads/main');
    const broken = await post({ ...type, 'Content-Encoding': 'gzip' }, new TextEncoder().encode('no gzip'));
    await expect(broken.text()).rejects.toThrow();
  });

  it('does nothing for a push that is cut off', async () => {
    const { project, first } = await projectWithClone();
    const abort = new AbortController();
    const command = `${NO_SHA} ${first} refs/heads/cut\0 report-status side-band-64k`;
    const length = (command.length + 4).toString(16).padStart(4, '0');
    // The list of commands is whole, of the pack only the beginning comes.
    const chunks = [`${length}${command}0000`, 'PACK\0\0\0\u0002', '\0\0\0\u0001'];
    const taken = Promise.withResolvers<void>();
    const body = new ReadableStream({
      pull: (controller) => {
        const chunk = chunks.shift();
        if (chunk === undefined) taken.resolve();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    const init = {
      method: 'POST',
      password: ada.token,
      headers: { 'Content-Type': 'application/x-git-receive-pack-request' },
      body,
      signal: abort.signal,
      duplex: 'half' as const,
    };
    const sending = request(`${project.fullPath}.git/git-receive-pack`, init);
    await taken.promise;
    abort.abort();
    await expect(sending.then((answer) => answer.text())).rejects.toThrow();
    expect(server.pushed).toEqual([]);
    expect(await server.openIntents()).toBe(0);
    expect(await findBranch(server.repositories, project, 'cut')).toBeUndefined();
  });
});
