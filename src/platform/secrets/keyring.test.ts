import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadKeyFile, loadOrCreateKeyring, parseKeyring } from './keyring.ts';

describe('key file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-keyring-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made once with mode 0600 and read ever after', async () => {
    const path = join(folder, 'secret.key');
    const first = await loadOrCreateKeyring(path);
    const second = await loadOrCreateKeyring(path);
    expect(first.created).toBe(true);
    expect(second).toEqual({ keyring: first.keyring, created: false });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secret.key']);
  });

  it('is the same for servers that start at the same moment', async () => {
    const path = join(folder, 'secret.key');
    const all = await Promise.all(Array.from({ length: 12 }, () => loadOrCreateKeyring(path)));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    for (const { keyring } of all) expect(keyring).toEqual(all[0]?.keyring);
    expect(await readdir(folder)).toEqual(['secret.key']);
  });

  it('is never replaced when it cannot be used, and its text is not quoted', async () => {
    const path = join(folder, 'secret.key');
    await writeFile(path, 'hunter2\n');
    await expect(loadOrCreateKeyring(path)).rejects.toThrow(BadKeyFile);
    await expect(loadOrCreateKeyring(path)).rejects.not.toThrow('hunter2');
    expect(await readFile(path, 'utf8')).toBe('hunter2\n');
  });

  it('may be a bare key from openssl, in base64 or hex', () => {
    const bytes = Buffer.alloc(32, 7);
    expect(parseKeyring(`${bytes.toString('hex')}\n`, 'k')).toEqual(parseKeyring(`1:${bytes.toString('base64')}`, 'k'));
  });

  it.each([
    ['', 'it holds no key'],
    ['# only words\n', 'it holds no key'],
    ['0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'line 1'],
    ['256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'line 1'],
    ['AAAA', 'line 1'],
    ['1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'line 2'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseKeyring(text, '/k')).toThrow(reason);
  });
});
