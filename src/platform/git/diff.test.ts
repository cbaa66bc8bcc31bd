import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/git-client.ts';
import { millionPaths } from '../../../test/support/million-paths.ts';
import {
  diffCommits,
  Git,
  initRepository,
  newCommit,
  newObject,
  type Repository,
  TreeEditor,
  writeObjects,
} from './index.ts';

const folder = temporaryFolder('diff');
const server = new Git({ maxProcesses: 1, idleMs: 60_000 });

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** `links`: paths of files that are symbolic links. */
const commitOf = async (
  repository: Repository,
  files: Readonly<Record<string, string>>,
  links: readonly string[] = [],
): Promise<string> => {
  const editor = new TreeEditor(repository, undefined);
  const blobs = [];
  for (const [path, text] of Object.entries(files)) {
    const blob = newObject('blob', Buffer.from(text));
    await editor.put(path, links.includes(path) ? '120000' : '100644', blob.sha);
    blobs.push(blob);
  }
  const { treeSha, objects } = editor.build();
  const who = { name: 'A', email: 'a@example.com', at: new Date(0) };
  const commit = newCommit({ treeSha, parentShas: [], author: who, committer: who, message: 'x' });
  await writeObjects(repository, [...blobs, ...objects, commit]);
  return commit.sha;
};

it('counts towards the limit of all patches only those that are shown', async () => {
  const repository = server.repository(join(folder, 'bare.git'));
  await initRepository(repository, 'main');
  const line = `${'x'.repeat(1023)}\n`;
  const large = Object.fromEntries([...Array(27).keys()].map((index) => [`large-${index}`, line.repeat(201)]));
  const before = await commitOf(repository, { small: '1\n' });
  const after = await commitOf(repository, { ...large, small: '2\n' });
  const { files, overflow } = await diffCommits(repository, before, after);
  expect(overflow).toBe(true);
  expect(files.filter(({ tooLarge }) => !tooLarge).map(({ newPath, patch }) => [newPath, patch])).toEqual([
    ['small', '@@ -1 +1 @@\n-1\n+2\n'],
  ]);
});

it('gives each file its own patch, whatever stands in the others', async () => {
  const repository = server.repository(join(folder, 'own.git'));
  await initRepository(repository, 'main');
  const before = await commitOf(repository, { a: '1\n', b: '1\n', c: 'd', d: '1\n' });
  const odd = '2\rdiff --git a/x b/x\u2028diff --git a/y b/y\n';
  const after = await commitOf(repository, { a: odd, b: '2\n', c: 'd', d: '2\n' }, ['c']);
  const { files } = await diffCommits(repository, before, after);
  expect(
    files.map(({ newPath, status, patch, oldMode, newMode }) => [newPath, status, oldMode, newMode, patch]),
  ).toEqual([
    ['a', 'changed', '100644', '100644', `@@ -1 +1 @@\n-1\n+${odd}`],
    ['b', 'changed', '100644', '100644', '@@ -1 +1 @@\n-1\n+2\n'],
    ['c', 'deleted', '100644', '0', '@@ -1 +0,0 @@\n-d\n\\ No newline at end of file\n'],
    ['c', 'added', '0', '120000', '@@ -0,0 +1 @@\n+d\n\\ No newline at end of file\n'],
    ['d', 'changed', '100644', '100644', '@@ -1 +1 @@\n-1\n+2\n'],
  ]);
});

it('of more paths than anybody looks at has none of them', async () => {
  const repository = server.repository(join(folder, 'many.git'));
  await initRepository(repository, 'main');
  const before = await commitOf(repository, { a: '1\n' });
  const { treeSha, objects } = millionPaths();
  const who = { name: 'A', email: 'a@example.com', at: new Date(0) };
  const commit = newCommit({ treeSha, parentShas: [], author: who, committer: who, message: 'x' });
  await writeObjects(repository, [...objects, commit]);
  expect(await diffCommits(repository, before, commit.sha)).toEqual({ files: [], overflow: true });
});
