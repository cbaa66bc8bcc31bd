import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { findCheckout } from './git-checkout.ts';

const gitIn = (folder: string, ...args: readonly string[]): string => {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' }).trim();
};

const checkout = (): string => {
  const folder = temporaryFolder();
  gitIn(folder, 'init', '--quiet');
  gitIn(folder, 'commit', '--quiet', '--allow-empty', '--message', 'one');
  return folder;
};

describe('a git checkout, read without git', () => {
  it('is found from any folder inside, with branch and commit', () => {
    const root = checkout();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    expect(findCheckout(join(root, 'a/b'))).toMatchObject({
      root,
      branch: 'main',
      defaultBranch: 'main',
      sha: gitIn(root, 'rev-parse', 'HEAD'),
      origin: undefined,
    });
    expect(findCheckout(temporaryFolder())).toBeUndefined();
  });

  it('has no commit before the first, and no branch when none is checked out', () => {
    const empty = temporaryFolder();
    gitIn(empty, 'init', '--quiet');
    expect(findCheckout(empty)).toMatchObject({ branch: 'main', sha: undefined });
    const detached = checkout();
    gitIn(detached, 'checkout', '--quiet', '--detach');
    expect(findCheckout(detached)).toMatchObject({ branch: undefined, sha: gitIn(detached, 'rev-parse', 'HEAD') });
  });

  it('knows packed refs, and those that a worktree shares', () => {
    const root = checkout();
    gitIn(root, 'tag', 'v1');
    gitIn(root, 'pack-refs', '--all');
    const other = join(temporaryFolder(), 'other');
    gitIn(root, 'worktree', 'add', '--quiet', '-b', 'topic', other);
    const sha = gitIn(root, 'rev-parse', 'HEAD');
    const found = findCheckout(other);
    expect(found).toMatchObject({ root: other, branch: 'topic', sha, defaultBranch: 'main' });
    expect(found?.findRef('refs/tags/v1')).toBe(sha);
    expect(found?.findRef('refs/tags/v2')).toBeUndefined();
  });

  it('takes the default branch and the address from a clone’s origin', () => {
    const root = checkout();
    gitIn(root, 'branch', '--move', 'trunk');
    const clone = join(temporaryFolder(), 'clone');
    gitIn(root, 'clone', '--quiet', root, clone);
    gitIn(clone, 'checkout', '--quiet', '-b', 'topic');
    expect(findCheckout(clone)).toMatchObject({ branch: 'topic', defaultBranch: 'trunk', origin: root });
  });
});
