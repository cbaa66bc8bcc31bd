import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/git-client.ts';
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

const commitOf = async (repository: Repository, files: Readonly<Record<string, string>>): Promise<string> => {
  const editor = new TreeEditor(repository, undefined);
  const blobs = [];
  for (const [path, text] of Object.entries(files)) {
    const blob = newObject('blob', Buffer.from(text));
    await editor.put(path, '100644', blob.sha);
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
