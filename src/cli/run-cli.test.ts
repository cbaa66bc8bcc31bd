import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';

const MAIN = resolve(import.meta.dirname, '../main.ts');

/** Its status and what it says on standard error. `stdin`, `stdout`: files. */
const penstock = (
  args: readonly string[],
  options: { readonly cwd?: string; readonly stdin?: string; readonly stdout?: string } = {},
): readonly [number | null, string] => {
  const input = openSync(options.stdin ?? '/dev/null', 'r');
  const output = openSync(options.stdout ?? '/dev/null', 'w');
  try {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      stdio: [input, output, 'pipe'],
      cwd: options.cwd ?? temporaryFolder(),
      timeout: 60_000,
    });
    return [status, stderr];
  } finally {
    closeSync(input);
    closeSync(output);
  }
};

const folderWith = (text: string): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.gitlab-ci.yml'), text);
  mkdirSync(join(folder, 'sub'));
  return folder;
};
const VALID = 'a: {script: a}\n';

describe.skipIf(!existsSync('/dev/full'))('an output that cannot be written', () => {
  const commands = [
    ['schema'],
    ['lint'],
    ['lint', '--format', 'json'],
    ['why'],
    ['version'],
    ['--help'],
    ['lint', '--help'],
  ];
  it.each(commands)('%s %s %s: one line and status 2', (...args) => {
    expect(penstock(args, { cwd: folderWith(VALID), stdout: '/dev/full' })).toEqual([
      2,
      'penstock: the output cannot be written: no space left on device\n',
    ]);
  });
});

describe('an input or file that cannot be read', () => {
  it('is too long when it does not end', () => {
    const expected = (name: string) => [2, `penstock: ${name} has more than 16 MiB, which is no configuration\n`];
    expect(penstock(['lint', '-'], { stdin: '/dev/zero' })).toEqual(expected('standard input'));
    expect(penstock(['lint', '/dev/zero'])).toEqual(expected('/dev/zero'));
  });

  const rows: readonly (readonly [readonly string[], string])[] = [
    [['lint', 'sub'], 'sub cannot be read: it is a folder'],
    [['lint', 'nowhere.yml'], 'nowhere.yml cannot be read: no such file or directory'],
    [['why', '.gitlab-ci.yml/x.yml'], '.gitlab-ci.yml/x.yml cannot be read: not a directory'],
    [['lint', '--remote', 'https://a.test/a.yml=sub'], '--remote: sub is a folder, not a file'],
    [['lint', '--project', 'g/p=.gitlab-ci.yml'], '--project: .gitlab-ci.yml is a file, not a folder'],
    [['lint', '--project', 'g/p=gone'], '--project: gone is not there'],
  ];
  it.each(rows)('%s', (args, message) => {
    expect(penstock(args, { cwd: folderWith(VALID) })).toEqual([2, `penstock: ${message}\n`]);
  });

  it('is a folder', () => {
    expect(penstock(['lint', '-'], { stdin: temporaryFolder() })).toEqual([
      2,
      'penstock: standard input cannot be read: it is a folder\n',
    ]);
  });
});
