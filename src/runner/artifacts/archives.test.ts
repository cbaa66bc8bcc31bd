import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { gzipStream, zipStream } from './encode.ts';
import { extractZip, UnsafeArchiveError } from './extract-zip.ts';
import { selectFiles } from './select-files.ts';

let folder: string;
let project: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-archives-'));
  project = join(folder, 'project');
  mkdirSync(project);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, content = path): void => {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
};

const said: string[] = [];
const log = {
  plain: (text: string) => void said.push(text),
  warning: (text: string) => void said.push(`WARNING: ${text}`),
};

const select = async (paths: string[], exclude: string[] = [], untracked: string[] = []) => {
  said.length = 0;
  const selection = { paths, exclude, untracked: untracked.length > 0 };
  return selectFiles(project, selection, async () => untracked, log);
};

describe('choosing files', () => {
  it('takes folders with all below them, hidden files too, without what is excluded', async () => {
    for (const path of ['dist/a.js', 'dist/a.js.map', 'dist/.hidden', 'dist/sub/b.js.map', 'other']) write(path);
    const files = await select(['dist/'], ['dist/**/*.map']);
    expect([...files.keys()]).toEqual(['dist', 'dist/.hidden', 'dist/a.js', 'dist/sub']);
    expect(said).toContain('dist/: found 4 matching artifact files and directories');
  });

  it('does not follow links, neither as a match nor on the way', async () => {
    write('real/file');
    symlinkSync('real', join(project, 'link'));
    symlinkSync('/etc', join(project, 'out'));
    expect([...(await select(['link', '**/file', 'out/*', 'out/passwd'])).keys()]).toEqual(['link', 'real/file']);
  });

  it('refuses what leads out of the project', async () => {
    writeFileSync(join(folder, 'secret'), 's');
    expect((await select(['../secret', 'a/../../secret', '/etc/passwd'])).size).toBe(0);
    expect(said.filter((line) => line.includes('not a subpath of project directory'))).toHaveLength(3);
  });

  it('takes an absolute path inside the project', async () => {
    write('out/x');
    expect([...(await select([join(project, 'out')])).keys()]).toEqual(['out', 'out/x']);
  });

  it('takes everything once when patterns overlap', async () => {
    for (const path of ['a/b/c', 'd']) write(path);
    expect([...(await select(['**', '**/*', 'a/**/c', '.'])).keys()]).toEqual(['a', 'a/b', 'a/b/c', 'd']);
  });

  it('adds untracked files and excludes from them', async () => {
    for (const path of ['u1', 'u2']) write(path);
    expect([...(await select([], ['u2'], ['u1', 'u2', 'gone'])).keys()]).toEqual(['u1']);
  });

  it('warns about a pattern without a match', async () => {
    expect((await select(['nothing/*'])).size).toBe(0);
    expect(said[0]).toMatch(/^WARNING: nothing\/\*: no matching files\. Ensure that the artifact path is relative/);
  });
});

describe('zip', () => {
  it('round trips contents, modes, folders and links', async () => {
    write('bin/tool', '#!/bin/sh\n');
    chmodSync(join(project, 'bin/tool'), 0o755);
    write('näme €.txt', 'x'.repeat(100_000));
    mkdirSync(join(project, 'empty'));
    symlinkSync('bin/tool', join(project, 'link'));
    const archive = join(folder, 'a.zip');
    writeFileSync(archive, await buffer(zipStream(project, await select(['**']), 6)));
    const target = join(folder, 'target');
    expect(await extractZip(archive, target)).toBe(5);
    expect(readFileSync(join(target, 'bin/tool'), 'utf8')).toBe('#!/bin/sh\n');
    expect(statSync(join(target, 'bin/tool')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(target, 'näme €.txt')).length).toBe(100_000);
    expect(statSync(join(target, 'empty')).isDirectory()).toBe(true);
    expect(readlinkSync(join(target, 'link'))).toBe('bin/tool');
  });
});

interface Item {
  readonly name: string;
  readonly content: string;
  readonly mode?: number;
  /** What stands in the archive instead of the name; of the same length. */
  readonly forged?: string;
}

const archiveOf = async (items: readonly Item[]): Promise<string> => {
  const zip = new yazl.ZipFile();
  for (const { name, content, mode } of items) {
    zip.addBuffer(Buffer.from(content), name, { mode: mode ?? 0o100644, compress: false });
  }
  zip.end();
  let bytes = (await buffer(zip.outputStream)).toString('latin1');
  for (const { name, forged } of items) if (forged !== undefined) bytes = bytes.replaceAll(name, forged);
  const path = join(folder, 'attack.zip');
  writeFileSync(path, bytes, 'latin1');
  return path;
};

const LINK = 0o120777;

describe('unpacking a hostile archive', () => {
  it.each([
    ['a parent folder', 'XX/XXXX.txt', '../evil.txt'],
    ['a deeper way up', 'a/XX/XX/evil', 'a/../../evil'],
    ['an absolute name', 'Xtmp-penstock-evil', '/tmp-penstock-evil'],
    ['backslashes', 'XXXevil', String.raw`..\evil`],
  ])('refuses %s', async (_, name, forged) => {
    const archive = await archiveOf([{ name, content: 'evil', forged }]);
    await expect(extractZip(archive, project)).rejects.toThrow(UnsafeArchiveError);
    expect(() => statSync(join(folder, 'evil.txt'))).toThrow();
    expect(() => statSync(join(folder, 'evil'))).toThrow();
  });

  it('does not write through a link of the archive', async () => {
    const items = [
      { name: 'link', content: folder, mode: LINK },
      { name: 'link/evil', content: 'evil' },
    ];
    await expect(extractZip(await archiveOf(items), project)).rejects.toThrow();
    expect(() => statSync(join(folder, 'evil'))).toThrow();
  });

  it('does not write through a link that lies in the project already', async () => {
    symlinkSync(folder, join(project, 'link'));
    const archive = await archiveOf([{ name: 'link/evil', content: 'evil' }]);
    await expect(extractZip(archive, project)).rejects.toThrow(UnsafeArchiveError);
    expect(() => statSync(join(folder, 'evil'))).toThrow();
  });

  it('replaces a link by a file instead of writing to its target', async () => {
    writeFileSync(join(folder, 'victim'), 'untouched');
    symlinkSync('../victim', join(project, 'file'));
    await extractZip(await archiveOf([{ name: 'file', content: 'new' }]), project);
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(project, 'file'), 'utf8')).toBe('new');
  });

  it('lets the last of two entries with one name win', async () => {
    const items = [
      { name: 'file', content: '/etc/passwd', mode: LINK },
      { name: 'file', content: 'first' },
      { name: 'file', content: 'second' },
    ];
    await extractZip(await archiveOf(items), project);
    expect(readFileSync(join(project, 'file'), 'utf8')).toBe('second');
  });

  it('drops set-uid bits', async () => {
    await extractZip(await archiveOf([{ name: 'tool', content: 'x', mode: 0o104755 }]), project);
    expect(statSync(join(project, 'tool')).mode & 0o7777).toBe(0o755);
  });

  it('says what is wrong with something that is no zip', async () => {
    writeFileSync(join(folder, 'no.zip'), 'no zip at all');
    await expect(extractZip(join(folder, 'no.zip'), project)).rejects.toThrow(/not a readable zip archive/);
  });
});

describe('gzip', () => {
  it('has one member per file, each with its name and path', async () => {
    write('reports/b.xml', '<b/>');
    write('a ü.xml', '<a/>');
    const bytes = await buffer(gzipStream(project, await select(['reports/*', '*.xml']), 6));
    expect(gunzipSync(bytes).toString()).toBe('<a/><b/>');
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0x18]));
    const nameEnd = bytes.indexOf(0, 10);
    const commentEnd = bytes.indexOf(0, nameEnd + 1);
    expect(bytes.subarray(10, nameEnd).toString('latin1')).toBe('e:a%20%C3%BC.xml');
    const { engine } = Object(inflateRawSync(bytes.subarray(commentEnd + 1), { info: true }));
    const trailer = commentEnd + 1 + engine.bytesWritten;
    expect(bytes.readUInt32LE(trailer)).toBe(crc32('<a/>'));
    expect(bytes.readUInt32LE(trailer + 4)).toBe(4);
    const second = trailer + 8;
    const names = bytes
      .subarray(second + 10)
      .toString('latin1')
      .split('\0');
    expect(names.slice(0, 2)).toEqual(['b.xml', 'reports/b.xml']);
  });
});
