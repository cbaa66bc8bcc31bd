import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, temporaryFolder } from '../../../test/support/git-client.ts';
import type { ProjectId } from '../../kit/ids.ts';
import { identifyFiles } from './identify-files.ts';
import { openRepositories } from './repositories.ts';
import { createRepository } from './repository-folder.ts';

const folder = temporaryFolder('identify');
const deps = openRepositories(join(folder, 'repositories'));
const project = { id: 1 as ProjectId, defaultBranch: 'main' };
let work = '';
const shas: string[] = [];

const commit = async (path: string, content: string): Promise<void> => {
  mkdirSync(join(work, path, '..'), { recursive: true });
  writeFileSync(join(work, path), content);
  await git(work, 'add', '.');
  await git(work, 'commit', '-q', '-m', path);
  shas.push(await git(work, 'rev-parse', 'HEAD'));
};

beforeAll(async () => {
  await createRepository(deps, project);
  work = join(folder, 'work');
  await git(folder, 'clone', '-q', join(folder, 'repositories/1.git'), work);
  await git(work, 'checkout', '-q', '-B', 'main');
  await commit('a.lock', 'a');
  await commit('app/b.lock', 'b');
  await commit('[x].txt', 'x');
  await git(work, 'push', '-q', 'origin', 'main');
});

afterAll(() => {
  deps.git.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): Promise<string> => git(work, 'rev-parse', `HEAD:${name}`);

const identify = (id: 'content' | 'last_commit', ...paths: string[]) =>
  identifyFiles(
    deps,
    project,
    shas[2] ?? '',
    paths.map((path) => ({ id, path })),
  );

describe('what cache keys are made of', () => {
  it('is the id of a file or a folder, and nothing for what is not there', async () => {
    const paths = ['app/b.lock', 'app', 'app/', 'none', './a.lock', '../a.lock', 'a.lock\nb', 'a.lock'];
    const none = undefined;
    const expected = [
      await at('app/b.lock'),
      await at('app'),
      await at('app'),
      none,
      none,
      none,
      none,
      await at('a.lock'),
    ];
    expect(await identify('content', ...paths)).toEqual(expected);
    const fillers = Array.from({ length: 600 }, (_, index) => `filler-${index}`);
    expect((await identify('content', ...paths, ...fillers)).slice(0, paths.length)).toEqual(expected);
  });

  it('is the newest commit that changed what a pathspec stands for', async () => {
    expect(
      await identify('last_commit', 'a.lock', '*.lock', 'app', 'none', '../x', ':(nonsense)a', '--all', ' '),
    ).toEqual([shas[0], shas[1], shas[1], undefined, undefined, undefined, undefined, undefined]);
    expect(await identify('last_commit', ':(glob)*.lock', ':(exclude)a.lock')).toEqual([shas[0], shas[2]]);
  });
});
