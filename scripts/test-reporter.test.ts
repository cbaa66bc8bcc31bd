import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '..');

const CONFIG = `
import { TestReporter } from ${JSON.stringify(join(root, 'scripts/test-reporter.ts'))};
const leftOut = [
  { program: 'some database', what: 'tests of it', besides: '' },
  { program: 'another', what: 'tests of a project that did not run', besides: 'other' },
];
export default { test: { reporters: [new TestReporter({ requireAll: process.env.ALL === '1', leftOut })] } };
`;
const PASSING = `
import { expect, it } from 'vitest';
import { needPrograms } from ${JSON.stringify(join(root, 'test/support/programs.ts'))};
it('passes', () => expect(1).toBe(1));
it('asks', (context) => needPrograms(context, 'sh', 'nonesuch'));
`;
const FAILING = `
import { expect, it } from 'vitest';
it('compares', () => expect({ a: 1 }).toEqual({ a: 2 }));
`;
const BROKEN = `import './nowhere.ts';`;

const run = (files: Readonly<Record<string, string>>, all = '0') => {
  const folder = temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'vitest.config.mjs'), CONFIG);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'src', name), text);
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ALL: all },
  });
  return { lines: stdout.trimEnd().split('\n'), status };
};

describe('the test reporter', () => {
  it('ends in the counts, and names what each skip needs', () => {
    const { lines, status } = run({ 'a.test.ts': PASSING });
    expect(lines).toEqual([
      'skip src/a.test.ts > asks: needs nonesuch',
      'skip tests of it: needs some database',
      '1 passed, 0 failed, 2 skipped',
    ]);
    expect(status).toBe(0);
  });

  it('fails the run for a skip when everything is asked for', () => {
    const { lines, status } = run({ 'a.test.ts': PASSING }, '1');
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 2 skipped');
    expect(status).toBe(1);
  });

  it('tells why and where a test failed, and counts a file that does not load', () => {
    const { lines, status } = run({ 'a.test.ts': FAILING, 'b.test.ts': BROKEN });
    expect(lines).toContain('FAIL src/a.test.ts > compares');
    expect(lines).toContain('    +   "a": 1,');
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}at src\/a\.test\.ts:3:/));
    expect(lines).toContain('FAIL src/b.test.ts');
    expect(lines.at(-1)).toBe('0 passed, 2 failed, 1 skipped');
    expect(status).toBe(1);
  });
});
