import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isCreatableRefName, isFullRefName, isRevision, isShortRefName } from './ref-name.ts';

const NAMES = [
  'main',
  'feature/x',
  'v1.0',
  'a.b',
  'ünïcödé',
  'x@y',
  '$(id)',
  '`id`',
  'a;b',
  "a'b",
  'a"b',
  'a&b',
  '{x}',
  '@x',
  'x-',
  '%2e',
  '',
  '@',
  '.x',
  'x/.y',
  'x.lock',
  'x.lock/y',
  'x..y',
  'x y',
  'x~1',
  'x^',
  'x:y',
  'x?',
  'x*',
  'x[',
  'x\\y',
  'x@{1}',
  '/x',
  'x/',
  'x//y',
  'x.',
  'x\ny',
  'x\u0001y',
  'x\u007fy',
  'x\ty',
  'refs/heads/x',
];

describe('names of refs', () => {
  it.each(NAMES)('agrees with git check-ref-format about %j', (name) => {
    let valid = true;
    try {
      execFileSync('git', ['check-ref-format', `refs/heads/${name}`], { stdio: 'ignore' });
    } catch {
      valid = false;
    }
    // Git allows `refs/heads/@`; as a branch it means HEAD.
    expect(isShortRefName(name)).toBe(name === '@' ? false : valid);
  });

  it('refuses what a command could take for an option', () => {
    expect(isShortRefName('--upload-pack=x')).toBe(false);
    expect(isRevision('--upload-pack=x')).toBe(false);
    expect(isRevision('-c')).toBe(false);
  });

  it('refuses names that no file system takes', () => {
    expect(isShortRefName('x'.repeat(300))).toBe(false);
    expect(isShortRefName('\ud800')).toBe(false);
    expect(isFullRefName(`refs/${'x/'.repeat(600)}x`)).toBe(false);
  });

  it('does not let one create names that look like something else', () => {
    expect(isCreatableRefName('refs/heads/x')).toBe(false);
    expect(isCreatableRefName('HEAD')).toBe(false);
    expect(isCreatableRefName('a'.repeat(40))).toBe(false);
    expect(isCreatableRefName('refs/x')).toBe(true);
  });

  it('takes only simple revisions', () => {
    expect(isRevision('HEAD')).toBe(true);
    expect(isRevision('main~2^')).toBe(true);
    expect(isRevision('refs/heads/main')).toBe(true);
    for (const other of [':/text', 'main@{yesterday}', 'a..b', 'main^{/x}', '', 'main:file']) {
      expect(isRevision(other), other).toBe(false);
    }
  });
});
