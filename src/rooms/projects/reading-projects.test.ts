import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, type RoomServer, startRoomServer } from '../../../test/support/room-server.ts';

let rooms: RoomServer;
let root: Person;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  rooms = await startRoomServer();
  root = await rooms.addPerson('root', { admin: true });
  ada = await rooms.addPerson('ada');
  ben = await rooms.addPerson('ben');
});
afterAll(() => rooms.close());

const create = (json: unknown, as = ada.token) => rooms.call('POST', '/projects', { as, json });

describe('GET /projects/:id', () => {
  it('finds by number and by path in any case', async () => {
    const id = (await create({ name: 'Found' })).number('id');
    for (const ref of [String(id), 'ada%2FFound', 'ADA%2ffound']) {
      expect((await rooms.call('GET', `/projects/${ref}`, { as: ada.token })).body).toMatchObject({ id });
    }
  });

  it.each([
    'nothing',
    '0',
    '-1',
    '99999999999999999999',
    'ada%2Fnothing',
    '%2F',
    'ada%00%2Fx',
    '1e3',
    'ada%2FFound%2F..',
  ])('has nothing under %s', async (ref) => {
    const answer = await rooms.call('GET', `/projects/${ref}`, { as: ada.token });
    if (ref.includes('%00')) expect(answer).toMatchObject({ status: 400, body: 'Bad Request' });
    else expect(answer).toMatchObject({ status: 404, body: { message: '404 Project Not Found' } });
  });

  it('shows to each what visibility lets them see', async () => {
    const statuses = async (visibility: string) => {
      const id = (await create({ name: `seen ${visibility}`, visibility })).number('id');
      const status = async (as?: string) => (await rooms.call('GET', `/projects/${id}`, { as })).status;
      return [await status(), await status(ben.token), await status(ada.token), await status(root.token)];
    };
    expect(await statuses('private')).toEqual([404, 404, 200, 200]);
    expect(await statuses('internal')).toEqual([404, 200, 200, 200]);
    expect(await statuses('public')).toEqual([200, 200, 200, 200]);
  });

  it('shows the settings to users only, and their own role', async () => {
    const id = (await create({ name: 'Shown', visibility: 'public' })).number('id');
    const anonymous = await rooms.call('GET', `/projects/${id}`);
    expect(anonymous.body).toHaveProperty('http_url_to_repo');
    expect(anonymous.body).not.toHaveProperty('ci_config_path');
    expect(anonymous.body).not.toHaveProperty('permissions');
    const other = await rooms.call('GET', `/projects/${id}`, { as: ben.token });
    expect(other.body).toMatchObject({ permissions: { project_access: null, group_access: null } });
    expect(other.body).not.toHaveProperty('runners_token');
  });
});

describe('GET /projects', () => {
  it('lists what the caller may see, with filters, order and headers', async () => {
    const cat = await rooms.addPerson('cat');
    for (const [name, visibility] of [
      ['alpha', 'private'],
      ['beta', 'internal'],
      ['gamma', 'public'],
    ] as const) {
      await create({ name: `cats ${name}`, visibility }, cat.token);
    }
    const names = async (query: string, as?: string) => {
      const { body } = await rooms.call('GET', `/projects?search=cats&order_by=name&sort=asc&${query}`, { as });
      return Array.isArray(body) ? body.map((project: { name: string }) => project.name.slice(5)) : body;
    };
    expect(await names('')).toEqual(['gamma']);
    expect(await names('', ben.token)).toEqual(['beta', 'gamma']);
    expect(await names('', cat.token)).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('', root.token)).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('visibility=internal', cat.token)).toEqual(['beta']);
    expect(await names('owned=true', ben.token)).toEqual([]);
    expect(await names('membership=true', cat.token)).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('membership=true')).toEqual([]);
    expect(await names('min_access_level=50', cat.token)).toEqual(['alpha', 'beta', 'gamma']);
    expect(await names('archived=true', cat.token)).toEqual([]);
    expect(await names('simple=true&sort=desc', cat.token)).toEqual(['gamma', 'beta', 'alpha']);

    const page = await rooms.call('GET', '/projects?search=cats&per_page=2&page=2', { as: cat.token });
    expect(page.headers.get('x-total')).toBe('3');
    expect(page.headers.get('x-prev-page')).toBe('1');
    const ofUser = await rooms.call('GET', `/users/cat/projects?simple=true`, { as: ben.token });
    expect(ofUser.body).toHaveLength(2);
    expect((await rooms.call('GET', '/users/nobody/projects', { as: ben.token })).body).toEqual({
      message: '404 User Not Found',
    });
  });

  it('pages by key', async () => {
    const first = await rooms.call('GET', '/projects?pagination=keyset&order_by=id&sort=asc&per_page=1', {
      as: ada.token,
    });
    const [, next = ''] = /<([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
    const second = await rooms.call('GET', next.replace(`${rooms.url}/api/v4`, ''), { as: ada.token });
    const [a] = first.body as { id: number }[];
    const [b] = second.body as { id: number }[];
    expect(b?.id).toBeGreaterThan(a?.id ?? Number.POSITIVE_INFINITY);
    const wrong = await rooms.call('GET', '/projects?pagination=keyset&order_by=name', { as: ada.token });
    expect(wrong).toMatchObject({
      status: 405,
      body: { error: 'Keyset pagination is not yet available for this type of request' },
    });
  });
});
