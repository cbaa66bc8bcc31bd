import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryFolder } from '../../../test/support/git-client.ts';
import {
  countChanges,
  findCommit,
  findCommitSha,
  findFileContent,
  findMergeBase,
  findRefCommit,
  Git,
  initRepository,
  isAncestor,
  listChangedPaths,
  listCommitShas,
  listFilePaths,
  listFolder,
  listFolderDeep,
  listRefs,
  newCommit,
  newObject,
  RefConflict,
  type Repository,
  streamBlob,
  TreeEditor,
  trailersOf,
  updateRefs,
  updateRefsQuickly,
  writeObjects,
  ZERO_SHA,
} from './index.ts';

const folder = temporaryFolder('git');
const server = new Git({ maxProcesses: 2, idleMs: 60_000 });
let repository: Repository;
const shas: Record<string, string> = {};

beforeAll(async () => {
  repository = server.repository(join(folder, 'bare.git'));
  await initRepository(repository, 'main');
  const work = join(folder, 'work');
  await git(folder, 'clone', '-q', repository.path, work);
  mkdirSync(join(work, 'src/deep'), { recursive: true });
  writeFileSync(join(work, 'README.md'), '# hello\n');
  writeFileSync(join(work, 'src/a b.txt'), 'one\ntwo\n');
  writeFileSync(join(work, 'src/deep/ü.sh'), '#!/bin/sh\n');
  chmodSync(join(work, 'src/deep/ü.sh'), 0o755);
  writeFileSync(join(work, 'z.bin'), Buffer.from([0, 255, 10, 0]));
  await git(work, 'add', '.');
  await git(
    work,
    'commit',
    '-q',
    '-m',
    'First\n\nBody of it\n\nSigned-off-by: Ada <a@x>\nSigned-off-by: Bob <b@x>\nIssue: 7',
  );
  shas['first'] = await git(work, 'rev-parse', 'HEAD');
  await git(work, 'mv', 'src/a b.txt', 'src/c.txt');
  writeFileSync(join(work, 'README.md'), '# hello\nmore\n');
  await git(
    work,
    'commit',
    '-qam',
    'Second',
    '--author',
    'Bob <bob@example.com>',
    '--date',
    '2012-05-28T04:42:42-07:00',
  );
  shas['second'] = await git(work, 'rev-parse', 'HEAD');
  await git(work, 'checkout', '-qb', 'side', shas['first']);
  writeFileSync(join(work, 'side.txt'), 'x');
  await git(work, 'add', '.');
  await git(work, 'commit', '-qm', 'Side');
  shas['side'] = await git(work, 'rev-parse', 'HEAD');
  await git(work, 'tag', 'v1.10', shas['first']);
  await git(work, 'tag', '-a', '-m', 'Two', 'v1.9', shas['second']);
  await git(work, 'push', '-q', 'origin', 'main', 'side', 'v1.9', 'v1.10');
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha = (name: string): string => shas[name] ?? '';

describe('reading', () => {
  it('resolves refs, tags, short shas and refuses the rest', async () => {
    expect(await findRefCommit(repository, 'refs/heads/main')).toBe(sha('second'));
    expect(await findRefCommit(repository, 'refs/tags/v1.9')).toBe(sha('second'));
    expect(await findCommitSha(repository, sha('side').slice(0, 8))).toBe(sha('side'));
    expect(await findCommitSha(repository, 'HEAD~1')).toBe(sha('first'));
    for (const bad of ['nope', '--upload-pack=x', 'a\nb', 'a b', '$(id)', ':/First', 'main@{0}', '../../etc/passwd']) {
      expect(await findCommitSha(repository, bad), bad).toBeUndefined();
    }
  });

  it('sees what others push while its processes are open', async () => {
    expect(await findRefCommit(repository, 'refs/heads/late')).toBeUndefined();
    const work = join(folder, 'work');
    await git(work, 'commit', '-q', '--allow-empty', '-m', 'Late');
    await git(work, 'push', '-q', 'origin', 'HEAD:refs/heads/late');
    const late = await findRefCommit(repository, 'refs/heads/late');
    expect((await findCommit(repository, late ?? ''))?.message).toBe('Late\n');
    await git(repository.path, 'pack-refs', '--all');
    await git(repository.path, 'repack', '-adq');
    await git(work, 'push', '-q', 'origin', ':refs/heads/late');
    expect(await findRefCommit(repository, 'refs/heads/late')).toBeUndefined();
    expect((await findCommit(repository, sha('first')))?.message).toContain('Body of it');
  });

  it('takes a commit apart', async () => {
    const commit = await findCommit(repository, sha('second'));
    expect(commit).toMatchObject({ sha: sha('second'), parentShas: [sha('first')], message: 'Second\n' });
    expect(commit?.author).toEqual({
      name: 'Bob',
      email: 'bob@example.com',
      date: '2012-05-28T04:42:42.000-07:00',
      seconds: 1338205362,
    });
    const first = await findCommit(repository, sha('first'));
    expect([...trailersOf(first?.message ?? '')]).toEqual([
      ['Signed-off-by', ['Ada <a@x>', 'Bob <b@x>']],
      ['Issue', ['7']],
    ]);
  });

  it('reads files by path, and nothing outside', async () => {
    expect((await findFileContent(repository, sha('first'), 'src/a b.txt'))?.toString()).toBe('one\ntwo\n');
    expect(await findFileContent(repository, sha('first'), 'z.bin')).toEqual(Buffer.from([0, 255, 10, 0]));
    expect((await findFileContent(repository, sha('first'), 'src/deep/ü.sh'))?.toString()).toBe('#!/bin/sh\n');
    for (const path of ['src', 'nope', '../x', 'src/../README.md', './README.md', '/README.md', 'a\nb', '']) {
      expect(await findFileContent(repository, sha('first'), path), path).toBeUndefined();
    }
    expect(await findFileContent(repository, sha('first'), 'README.md', 3)).toBeUndefined();
    const info = await findFileContent(repository, sha('first'), 'README.md');
    expect(info?.length).toBe(8);
  });

  it('streams a blob', async () => {
    const [entry] = (await listFolder(repository, sha('first'), '')) ?? [];
    expect(entry).toMatchObject({ path: 'README.md', mode: '100644', type: 'blob' });
    expect(await text(streamBlob(repository, entry?.sha ?? ''))).toBe('# hello\n');
    await expect(text(streamBlob(repository, ZERO_SHA))).rejects.toThrow();
  });

  it('lists folders', async () => {
    expect((await listFolder(repository, sha('first'), ''))?.map(({ path }) => path)).toEqual([
      'README.md',
      'src',
      'z.bin',
    ]);
    expect(await listFolder(repository, sha('first'), 'README.md')).toBeUndefined();
    const deep = await listFolderDeep(repository, sha('first'), 'src');
    expect(deep?.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
      '100644 src/a b.txt',
      '040000 src/deep',
      '100755 src/deep/ü.sh',
    ]);
    expect(await listFilePaths(repository, sha('first'))).toEqual([
      'README.md',
      'src/a b.txt',
      'src/deep/ü.sh',
      'z.bin',
    ]);
  });

  it('compares commits', async () => {
    expect(await listChangedPaths(repository, sha('first'), sha('second'))).toEqual([
      'README.md',
      'src/a b.txt',
      'src/c.txt',
    ]);
    expect(await listChangedPaths(repository, 'f'.repeat(40), sha('second'))).toBeUndefined();
    expect(await findMergeBase(repository, sha('side'), sha('second'))).toBe(sha('first'));
    expect(await isAncestor(repository, sha('first'), sha('side'))).toBe(true);
    expect(await isAncestor(repository, sha('second'), sha('side'))).toBe(false);
    expect(await isAncestor(repository, 'f'.repeat(40), sha('side'))).toBe(false);
    const second = await findCommit(repository, sha('second'));
    const first = await findCommit(repository, sha('first'));
    if (first === undefined || second === undefined) throw new Error('commits are missing');
    expect(await countChanges(repository, second)).toEqual({ additions: 3, deletions: 2 });
    expect(await countChanges(repository, first)).toEqual({ additions: 4, deletions: 0 });
  });

  it('walks history', async () => {
    const log = (options: object) =>
      listCommitShas(repository, { from: [sha('second')], skip: 0, limit: 10, ...options });
    expect(await log({})).toEqual([sha('second'), sha('first')]);
    expect(await log({ skip: 1, limit: 1 })).toEqual([sha('first')]);
    expect(await log({ path: 'src/c.txt' })).toEqual([sha('second')]);
    expect(await log({ path: '*.txt' })).toEqual([]);
    expect(await log({ author: 'bob@' })).toEqual([sha('second')]);
    expect(await log({ author: '.*' })).toEqual([]);
    expect(await log({ until: new Date('2001-01-01') })).toEqual([]);
    expect(await log({ since: new Date('2001-01-01') })).toHaveLength(2);
    expect(await log({ from: 'all' })).toHaveLength(3);
  });

  it('lists refs in each order', async () => {
    const names = async (...args: Parameters<typeof listRefs>) =>
      (await listRefs(...args)).map(({ fullRef }) => fullRef);
    expect(await names(repository, 'refs/heads/')).toEqual(['refs/heads/main', 'refs/heads/side']);
    expect(await names(repository, 'refs/heads/', { mergedInto: sha('second') })).toEqual(['refs/heads/main']);
    expect(await names(repository, 'refs/tags/', { order: 'version' })).toEqual(['refs/tags/v1.9', 'refs/tags/v1.10']);
    const [, annotated] = await listRefs(repository, 'refs/tags/', { order: 'name' });
    expect(annotated).toMatchObject({ fullRef: 'refs/tags/v1.9', commitSha: sha('second'), annotated: true });
  });

  it('answers many at once with few processes, over many repositories', async () => {
    const others = await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const other = server.repository(join(folder, `other-${number}.git`));
        await initRepository(other, 'main');
        return other;
      }),
    );
    const answers = await Promise.all(
      [...Array(200).keys()].map((index) =>
        index % 2 === 0
          ? findCommit(repository, sha('first'))
          : findCommit(others[index % 4] ?? repository, sha('first')),
      ),
    );
    expect(answers.filter((commit) => commit !== undefined)).toHaveLength(100);
  });
});

describe('writing', () => {
  const at = new Date('2026-01-02T03:04:05Z');
  const ada = { name: 'Ada <x>\n', email: 'ada@example.com', at };

  const commitOn = async (parent: string | undefined, change: (tree: TreeEditor) => Promise<void>): Promise<string> => {
    const before = parent === undefined ? undefined : await findCommit(repository, parent);
    const editor = new TreeEditor(repository, before?.treeSha);
    await change(editor);
    const { treeSha, objects } = editor.build();
    const commit = newCommit({
      treeSha,
      parentShas: parent === undefined ? [] : [parent],
      author: ada,
      committer: ada,
      message: 'Made here',
    });
    const blobs = ['one', 'two', 'three'].map((content) => newObject('blob', Buffer.from(content)));
    await writeObjects(repository, [...blobs, ...objects, commit]);
    return commit.sha;
  };
  const blobSha = (content: string): string => newObject('blob', Buffer.from(content)).sha;

  it('writes the same trees as git does', async () => {
    const made = await commitOn(sha('first'), async (tree) => {
      await tree.put('src.txt', '100644', blobSha('one'));
      await tree.put('src/deep/new/x', '100755', blobSha('two'));
      await tree.put('src-b', '100644', blobSha('three'));
      await tree.remove('z.bin');
      await tree.remove('src/deep/ü.sh');
      await tree.remove('src/deep/new/x');
      await tree.put('a/b/c', '100644', blobSha('one'));
    });
    const work = join(folder, 'check');
    await git(folder, 'clone', '-q', repository.path, work);
    await updateRefs(repository, [{ ref: 'refs/heads/made', old: ZERO_SHA, new: made }]);
    await git(work, 'fetch', '-q', 'origin', 'made');
    await git(work, 'checkout', '-q', 'FETCH_HEAD');
    expect(await git(repository.path, 'fsck', '--strict', '--no-dangling')).toBe('');
    expect((await git(work, 'ls-files')).split('\n')).toEqual([
      'README.md',
      'a/b/c',
      'src-b',
      'src.txt',
      'src/a b.txt',
    ]);
    expect(await git(work, 'write-tree')).toBe((await findCommit(repository, made))?.treeSha);
    expect(await git(work, 'log', '-1', '--format=%an <%ae> %aI %B')).toBe(
      'Ada x <ada@example.com> 2026-01-02T03:04:05+00:00 Made here',
    );
  });

  it('begins a history, and ends with an empty tree', async () => {
    const root = await commitOn(undefined, (tree) => tree.put('x', '100644', blobSha('one')));
    const gone = await commitOn(root, (tree) => tree.remove('x'));
    expect((await findCommit(repository, gone))?.treeSha).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });

  it('writes many and large objects as one pack', async () => {
    const blobs = [...Array(150).keys()].map((index) => newObject('blob', Buffer.alloc(100_000 + index, index)));
    await writeObjects(repository, blobs);
    const info = await git(repository.path, 'cat-file', '-s', blobs[149]?.sha ?? '');
    expect(info).toBe('100149');
  });

  it('moves all refs or none, and only from where they are expected', async () => {
    const [first, second] = [sha('first'), sha('second')];
    await updateRefs(repository, [{ ref: 'refs/heads/one', old: ZERO_SHA, new: first }]);
    const stale = updateRefs(repository, [
      { ref: 'refs/heads/two', old: ZERO_SHA, new: first },
      { ref: 'refs/heads/one', old: second, new: second },
    ]);
    await expect(stale).rejects.toThrow(RefConflict);
    expect(await findRefCommit(repository, 'refs/heads/two')).toBeUndefined();
    await expect(updateRefs(repository, [{ ref: 'refs/heads/one', old: ZERO_SHA, new: second }])).rejects.toThrow(
      RefConflict,
    );
    await expect(updateRefs(repository, [{ ref: 'refs/heads/one/below', old: ZERO_SHA, new: first }])).rejects.toThrow(
      RefConflict,
    );
    await expect(updateRefs(repository, [{ ref: 'refs/heads/gone', old: first, new: ZERO_SHA }])).rejects.toThrow(
      RefConflict,
    );
    await expect(
      updateRefs(repository, [{ ref: 'refs/heads/x\ndelete refs/heads/main', new: first }]),
    ).rejects.toThrow();
    await updateRefs(repository, [{ ref: 'refs/heads/one', old: first, new: ZERO_SHA }]);
    expect(await findRefCommit(repository, 'refs/heads/one')).toBeUndefined();
  });

  it('does not move anything when the step before the commit fails, and drops its locks', async () => {
    const change = { ref: 'refs/heads/kept', old: ZERO_SHA, new: sha('first') };
    const failing = updateRefs(repository, [change], () => Promise.reject(new Error('no database')));
    await expect(failing).rejects.toThrow('no database');
    expect(await findRefCommit(repository, 'refs/heads/kept')).toBeUndefined();
    await updateRefs(repository, [change]);
    expect(await findRefCommit(repository, 'refs/heads/kept')).toBe(sha('first'));
  });

  it('moves many refs quickly, one transaction after the other, and says why one cannot', async () => {
    const ref = (index: number): string => `refs/pipelines/${index}`;
    await Promise.all(
      [...Array(50).keys()].map((index) => updateRefsQuickly(repository, [{ ref: ref(index), new: sha('first') }])),
    );
    const missing = 'f'.repeat(40);
    const outcomes = await Promise.allSettled([
      updateRefsQuickly(repository, [{ ref: ref(60), new: sha('first') }]),
      updateRefsQuickly(repository, [{ ref: ref(61), new: missing }]),
      updateRefsQuickly(repository, [{ ref: ref(62), new: sha('first') }]),
      updateRefsQuickly(repository, [{ ref: ref(0), old: ZERO_SHA, new: sha('second') }]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(outcomes[3]).toMatchObject({ reason: expect.any(RefConflict) });
    const refs = await git(repository.path, 'for-each-ref', '--format=%(refname)', 'refs/pipelines');
    expect(refs.split('\n')).toHaveLength(52);
    await updateRefsQuickly(repository, [{ ref: ref(0), new: ZERO_SHA }]);
    await updateRefsQuickly(repository, [{ ref: 'refs/pipelines/none', new: ZERO_SHA }]);
    expect(await findRefCommit(repository, ref(0))).toBeUndefined();
    const injected = updateRefsQuickly(repository, [{ ref: 'refs/x\ndelete refs/heads/main', new: sha('first') }]);
    await expect(injected).rejects.toThrow();
  });

  it('lets one of two concurrent movers win', async () => {
    await updateRefs(repository, [{ ref: 'refs/heads/race', old: ZERO_SHA, new: sha('first') }]);
    const outcomes = await Promise.allSettled(
      ['second', 'side'].map((name) =>
        updateRefs(repository, [{ ref: 'refs/heads/race', old: sha('first'), new: sha(name) }]),
      ),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
