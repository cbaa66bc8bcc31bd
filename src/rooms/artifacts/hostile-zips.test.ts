import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobServer } from '../../../test/support/job-server.ts';
import { startJobServer } from '../../../test/support/job-server.ts';
import type { PipelineId } from '../../kit/ids.ts';
import type { Project } from '../projects/index.ts';

/** One entry of a zip that no proper program would write. */
interface Forged {
  readonly name: string | Buffer;
  readonly content?: Buffer | string;
  /** What the headers claim, where it is not the truth. */
  readonly size?: number;
  readonly packedSize?: number;
  readonly offset?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly mode?: number;
}

const UTF8 = 0x800;

function forgeZip(
  entries: readonly Forged[],
  claims: { readonly count?: number; readonly start?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content ?? '');
    const method = entry.method ?? 8;
    const packed = method === 8 ? deflateRawSync(content) : content;
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(entry.packedSize ?? packed.length, 4);
    sizes.writeUInt32LE(entry.size ?? content.length, 8);
    sizes.writeUInt16LE(name.length, 12);
    const front = Buffer.alloc(10);
    front.writeUInt16LE(20, 0);
    front.writeUInt16LE(entry.flags ?? UTF8, 2);
    front.writeUInt16LE(method, 4);
    parts.push(Buffer.from('PK\x03\x04'), front, sizes, name, packed);
    const back = Buffer.alloc(14);
    back.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    back.writeUInt32LE(entry.offset ?? at, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x03'), front, sizes, back, name);
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(claims.count ?? entries.length, 8);
  end.writeUInt16LE(claims.count ?? entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(claims.start ?? at, 16);
  return Buffer.concat([...parts, directory, end]);
}

let server: JobServer;
let project: Project;
let pipeline: PipelineId;
let owner: string;

beforeAll(async () => {
  server = await startJobServer();
  const { user, token } = await server.addUser('ann');
  owner = token;
  project = await server.addProject(user, 'shop');
  pipeline = await server.addPipeline(project, 'running');
});
afterAll(() => server.close());

/** Uploads it and answers how it can be asked. */
const uploaded = async (zip: Buffer) => {
  const job = await server.addJob(pipeline);
  expect((await server.upload(job, zip)).status).toBe(201);
  const get = (rest: string) => server.get(`/projects/${project.id}/jobs/${job.id}/artifacts${rest}`, owner);
  return { get, list: async () => (await get('/tree?recursive=true&per_page=100')).pluck('path') };
};

describe('a hostile archive', () => {
  it('whose names lead out of it lists only what does not', async () => {
    const names = [
      '../up',
      'a/../../up',
      '/etc/passwd',
      'C:/x',
      '..\\up',
      'a\\..\\..\\up',
      '',
      '.',
      './',
      'nul\0x',
      'ok/./b',
    ];
    const { get, list } = await uploaded(
      forgeZip([...names.map((name) => ({ name, content: 'x' })), { name: 'good', content: 'y' }]),
    );
    expect(await list()).toEqual(['good', 'ok/', 'ok/b']);
    expect((await get('/good')).text).toBe('y');
    expect((await get('/ok/b')).text).toBe('x');
    expect((await get('/%2e%2e/up')).status).toBe(400);
    expect((await get('/etc/passwd')).status).toBe(404);
  });

  it('with a name twice gives the first, always', async () => {
    const { get, list } = await uploaded(
      forgeZip([
        { name: 'a', content: 'first' },
        { name: 'a', content: 'second' },
      ]),
    );
    expect([await list(), (await get('/a')).text]).toEqual([['a'], 'first']);
  });

  it('with symbolic links gives their text and follows nothing', async () => {
    const link = { name: 'link', content: '/etc/passwd', mode: 0o120777 };
    const { get } = await uploaded(forgeZip([link, { name: 'link/shadow', content: 'x' }]));
    expect((await get('/link')).text).toBe('/etc/passwd');
  });

  it('that unpacks to more than it says is cut off where it says', async () => {
    const { get } = await uploaded(forgeZip([{ name: 'bomb', content: Buffer.alloc(5_000_000), size: 1000 }]));
    const answer = await get('/bomb').catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(Error);
  });

  it('that unpacks to less than it says is a broken answer, not a short one', async () => {
    const { get } = await uploaded(forgeZip([{ name: 'short', content: 'abc', size: 1000 }]));
    expect(await get('/short').catch((error: unknown) => error)).toBeInstanceOf(Error);
  });

  it('with broken data is a broken answer', async () => {
    const zip = forgeZip([{ name: 'a', content: Buffer.alloc(1000, 'abc') }]);
    zip.fill(0xff, 32, 40);
    const { get } = await uploaded(zip);
    expect(await get('/a').catch((error: unknown) => error)).toBeInstanceOf(Error);
  });

  it.each([
    { name: 'x', content: 'a', offset: 0xffff_fff0 },
    { name: 'x', content: 'a', offset: 7 },
    { name: 'x', content: 'a', packedSize: 0x7fff_ffff },
    { name: 'x', content: 'a', method: 99 },
    { name: 'x', content: 'a', flags: UTF8 | 1 },
  ] satisfies readonly Forged[])('whose data is not where it says, or packed otherwise: %j', async (entry) => {
    const { get, list } = await uploaded(forgeZip([entry]));
    expect(await list()).toEqual(['x']);
    expect((await get('/x')).status).toBe(404);
  });

  it.each([
    ['a count that is too high', forgeZip([{ name: 'a', content: 'a' }], { count: 60_000 })],
    ['a directory beyond its end', forgeZip([{ name: 'a', content: 'a' }], { start: 0xffff_ffff })],
    ['a directory that is none', forgeZip([{ name: 'a', content: 'a' }], { start: 1 })],
    ['nothing but its end', Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(17)])],
    ['only the front', forgeZip([{ name: 'a', content: 'abc'.repeat(50) }]).subarray(0, 40)],
    ['no bytes', Buffer.alloc(0)],
  ])('with %s is kept and cannot be browsed', async (_what, zip) => {
    const { get } = await uploaded(zip);
    expect((await get('/tree')).outcome).toEqual([404, { message: '404 Artifacts metadata Not Found' }]);
    expect((await get('/a')).status).toBe(404);
    expect((await get('')).bytes.equals(zip)).toBe(true);
  });

  it('with names of control characters, other encodings and quotes is listed as it is', async () => {
    const names = ['a"b\\u0041', 'new\nline', 'tab\t', '</script>', '__proto__'];
    const latin = { name: Buffer.from([0x81, 0x82]), content: 'x', flags: 0 };
    const { get, list } = await uploaded(forgeZip([...names.map((name) => ({ name, content: name })), latin]));
    expect(new Set(await list())).toEqual(
      new Set(['</', '</script>', 'a"b/', 'a"b/u0041', 'new\nline', 'tab\t', '__proto__', 'üé']),
    );
    expect((await get(`/${encodeURIComponent('new\nline')}`)).text).toBe('new\nline');
  });

  it('with very many entries is listed without holding up others for long', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => ({ name: `d${index % 100}/f${index}`, method: 0 }));
    const { get } = await uploaded(forgeZip(many));
    const answer = await get('/tree?path=d7');
    expect(answer.headers.get('x-total')).toBe('600');
  });
});
