import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git, temporaryFolder, tryGit } from '../../../test/support/git-client.ts';
import { findRefCommit, Git, initRepository, type Repository, receivePack, updateRefs, ZERO_SHA } from './index.ts';

const folder = temporaryFolder('smart');
const server = new Git();
let repository: Repository;
let work = '';
let head = '';

beforeAll(async () => {
  repository = server.repository(join(folder, 'bare.git'));
  await initRepository(repository, 'main');
  work = join(folder, 'work');
  await git(folder, 'init', '-q', '-b', 'main', work);
  await git(work, 'commit', '-q', '--allow-empty', '-m', 'One');
  head = await git(work, 'rev-parse', 'HEAD');
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const startReceiver = async (moment: string): Promise<{ readonly child: ChildProcess; readonly port: string }> => {
  const script = fileURLToPath(new URL('../../../test/support/killable-receiver.ts', import.meta.url));
  const child = spawn(process.execPath, [script, repository.path, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const [line] = await once(stdout, 'data');
  return { child, port: String(line).trim() };
};

/** Whether a git process still works on the repository. */
const isBusy = (): boolean =>
  readdirSync('/proc').some((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes('receive-pack') && command.includes(repository.path);
    } catch {
      return false;
    }
  });

it('moves nothing when the server is killed before it has answered', async () => {
  const { child, port } = await startReceiver('asked');
  const ended = once(child, 'exit');
  const pushed = await tryGit(work, ['push', `http://127.0.0.1:${port}/x.git`, 'main:refs/heads/asked']);
  expect(pushed.code).not.toBe(0);
  expect((await ended)[1]).toBe('SIGKILL');
  await expect.poll(isBusy).toBe(false);
  expect(await findRefCommit(repository, 'refs/heads/asked')).toBeUndefined();
  // Nothing is left that would block the next one.
  await git(work, 'push', '-q', repository.path, 'main:refs/heads/asked');
});

it('comes to a clear end when the server is killed after it has answered', async () => {
  const { child, port } = await startReceiver('allowed');
  const ended = once(child, 'exit');
  await tryGit(work, ['push', `http://127.0.0.1:${port}/x.git`, 'main:refs/heads/allowed']);
  await ended;
  await expect.poll(isBusy).toBe(false);
  expect([head, undefined]).toContain(await findRefCommit(repository, 'refs/heads/allowed'));
  await updateRefs(repository, [{ ref: 'refs/heads/allowed', new: head }]);
  await updateRefs(repository, [{ ref: 'refs/heads/allowed', old: head, new: ZERO_SHA }]);
});

it('refuses a push of more refs than it is willing to look at', async () => {
  const packet = (text: string): string => `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;
  const commands = [...Array(32_000).keys()].map((index) => {
    const capabilities = index === 0 ? '\0report-status' : '';
    return packet(`${ZERO_SHA} ${head} refs/heads/${'x'.repeat(200)}${index}${capabilities}`);
  });
  const emptyPack = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  const checksum = createHash('sha1').update(emptyPack).digest();
  const input = Readable.from([`${commands.join('')}0000`, emptyPack, checksum]);
  let asked = false;
  const { output, done } = await receivePack(repository, input, () => {
    asked = true;
    return Promise.resolve(undefined);
  });
  expect(await text(output)).toContain('pre-receive hook declined');
  expect(await done).toEqual({ allowed: false, moved: undefined });
  expect(asked).toBe(false);
});
