import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDnsServer } from '../../../test/support/dns-server.ts';
import { httpReceiver } from '../../../test/support/receiver.ts';
import { EXTERNAL_URL, type Person, startTestApp, type TestApp } from '../../../test/support/test-app.ts';
import type { TestProject } from '../../../test/support/test-project.ts';
import type { HookPlace } from './hook.ts';
import { insertHook } from './hook-store.ts';
import { newSettings } from './hook-wish.ts';

/** Spellings of targets that no hook of a project may reach. PORT: where somebody listens on 127.0.0.1. */
const FORBIDDEN = [
  'http://127.0.0.1:PORT/',
  'http://127.0.0.2:PORT/',
  'http://localhost:PORT/',
  'http://LocalHost:PORT/',
  'http://localhost.:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://[::1]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::]:PORT/',
  'http://0:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://017700000001:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0x7F.0x0.0x0.0x1:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http:\\\\127.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http:///127.0.0.1:PORT/',
  'HTTP://127.0.0.1:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::]:PORT/',
  'http://example.com@127.0.0.1:PORT/',
  'http://example.com:80@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@93.184.216.34/',
  'http://127.0.0.1:PORT#@93.184.216.34/',
  'http://127.0.0.1:PORT?@93.184.216.34/',
  'http://10.0.0.1:PORT/',
  'http://172.16.0.1:PORT/',
  'http://192.168.0.1:PORT/',
  'http://100.64.0.1:PORT/',
  'http://[fd00::1]:PORT/',
  'http://[fec0::1]:PORT/',
  'http://inside.test:PORT/',
  'http://half-inside.test:PORT/',
  'http://INSIDE.test.:PORT/',
];

/** … and that no system hook may reach either. */
const FOR_NOBODY = [
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.1.1/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://[fe80::1]/',
  'http://[fe80::1%25lo]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://100.100.100.200/latest/meta-data/',
  'http://192.0.0.192/opc/v2/instance/',
  'http://168.63.129.16/',
  'http://metadata.test/',
  'http://224.0.0.1/',
  'http://[ff02::1]/',
  'http://255.255.255.255/',
  'http://127.0.0.1:0/',
  'http://exam\tple.com/',
  'http://127.0.0.1/\r\nX-Injected: 1',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/',
  'ftp://127.0.0.1/',
  'unix:/run/docker.sock',
  '//127.0.0.1:PORT/',
  '127.0.0.1:PORT',
  'http://',
  'javascript:alert(1)',
];

const PUBLIC = '93.184.216.34';
const NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1'],
  'inside.test': ['10.0.0.1'],
  'half-inside.test': [PUBLIC, '127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'public.test': [PUBLIC],
  'ci.example.com': ['127.0.0.1'],
};

let dns: Awaited<ReturnType<typeof startDnsServer>>;
/** What names mean that change; by how often they were asked for. */
const changing = new Map<string, (count: number) => readonly string[]>();
let app: TestApp;
let root: Person;
let project: TestProject;
beforeAll(async () => {
  dns = await startDnsServer((name, count) => changing.get(name)?.(count) ?? NAMES[name] ?? []);
  app = await startTestApp({ resolveHost: dns.resolve, outboundAllow: 'listed.test' });
  root = await app.root();
  project = await app.addProject({});
});
afterAll(async () => {
  await app.close();
  await dns.close();
});
beforeEach(() => app.clock.advance(60));

const listener = () => httpReceiver((_request, response) => void response.end('ok'));
const save = (path: string, json: object) => app.http('POST', path, { as: root, json });
const homes = () => ({ project: `/projects/${project.id}/hooks`, system: '/hooks' });

/** A hook that was saved when its address was still a good one. */
const insert = async (place: HookPlace, url: string): Promise<number> => {
  const settings = newSettings(place.kind, { url, switches: {} });
  const hook = { place, settings, creatorId: root.user.id };
  const made = await app.db.transaction().execute((tx) => insertHook(tx, app.parts.vault, hook, app.clock.now()));
  return made.id;
};

const test = async (url: string) => {
  const id = await insert({ kind: 'project', projectId: project.id }, url);
  return project.call('POST', `/hooks/${id}/test/push_events`);
};
const testSystem = async (url: string) => {
  const id = await insert({ kind: 'system' }, url);
  (await app.http('POST', `/hooks/${id}`, { as: root })).must(201);
  return (await app.http('GET', `/penstock/hooks/${id}/events`, { as: root })).must(200).rows()[0];
};

describe.each([...FORBIDDEN, ...FOR_NOBODY])('a project hook to %j', (spelling) => {
  it('is neither saved nor sent', async () => {
    const { port, connections } = await listener();
    const url = spelling.replace('PORT', String(port));
    const { project: path } = homes();
    expect((await save(path, { url })).at('error')).toBe('Invalid url given');
    const inVariable = { url: '{all}', url_variables: [{ key: 'all', value: url }] };
    expect((await save(path, inVariable)).at('error')).toBe('Invalid url given');
    const sent = await test(url);
    expect(sent.status).toBe(422);
    expect(sent.string('message')).toMatch(/not allowed|invalid|Only allowed schemes|four decimal/);
    expect(connections()).toBe(0);
  });
});

describe.each(FOR_NOBODY)('a system hook to %j', (spelling) => {
  it('is neither saved nor sent', async () => {
    const { port, connections } = await listener();
    const url = spelling.replace('PORT', String(port));
    expect((await save('/hooks', { url })).at('error')).toBe('Invalid url given');
    expect((await testSystem(url))?.body).toMatchObject({ response_status: 'internal error', response_body: '' });
    expect(connections()).toBe(0);
  });
});

describe('a system hook', () => {
  it.each(['127.0.0.1', 'localhost', '127.0.0.1.'])('reaches this machine as %s', async (host) => {
    const { port, connections } = await listener();
    const url = `http://${host}:${port}/`;
    (await save('/hooks', { url })).must(201);
    expect((await testSystem(url))?.at('response_status')).toBe('200');
    expect(connections()).toBe(1);
  });

  it.each(['http://10.0.0.1/', 'http://[fd00::1]/', 'http://inside.test/'])('may be saved for %s', async (url) => {
    expect((await save('/hooks', { url })).status).toBe(201);
  });
});

describe('a name that changes its address', () => {
  it('is checked again when something is sent', async () => {
    const { port, connections } = await listener();
    changing.set('turns.test', (count) => (count === 1 ? [PUBLIC] : ['127.0.0.1']));
    const url = `http://turns.test:${port}/`;
    const id = (await save(homes().project, { url })).must(201).number('id');
    expect((await project.call('POST', `/hooks/${id}/test/push_events`)).outcome).toEqual([
      422,
      { message: 'Requests to loopback addresses are not allowed' },
    ]);
    expect(connections()).toBe(0);
  });

  it('is asked for once for each request, and the connection goes to what was checked', async () => {
    const { port, connections } = await listener();
    // A listener of this machine is public here; the next answer would be one that is not.
    changing.set('listed.test', (count) => [count % 2 === 1 ? '127.0.0.1' : '169.254.169.254']);
    const before = dns.asked.length;
    expect((await test(`http://listed.test:${port}/`)).status).toBe(201);
    expect(dns.asked.slice(before)).toEqual(['listed.test']);
    expect(connections()).toBe(1);
  });

  it('that means nothing may be saved, and nothing is sent to it', async () => {
    expect((await save(homes().project, { url: 'http://nothing.test/' })).status).toBe(201);
    expect((await test('http://nothing.test/')).outcome).toEqual([
      422,
      { message: 'Host cannot be resolved or invalid' },
    ]);
  });
});

describe('a redirect', () => {
  const leadingTo = (location: string, status: number) =>
    httpReceiver((_request, response) => void response.writeHead(status, { location }).end());

  it.each([301, 302, 303, 307, 308])('%i of a system hook to metadata is not followed', async (status) => {
    const { host } = await leadingTo('http://169.254.169.254/latest/meta-data/', status);
    const attempt = await testSystem(`http://${host}/`);
    expect(attempt?.at('response_body')).toBe('');
    expect(attempt?.string('error')).toMatch(/link local network/);
  });

  it.each([302, 303, 307])('%i of a project hook to this machine is not followed', async (status) => {
    const inside = await listener();
    const { port } = await leadingTo(`http://${inside.host}/`, status);
    changing.set('listed.test', () => ['127.0.0.1']);
    const answer = await test(`http://listed.test:${port}/`);
    expect(answer.status).toBe(422);
    expect(answer.string('message')).toMatch(/loopback addresses/);
    expect(inside.connections()).toBe(0);
  });
});

describe('the settings', () => {
  const set = (json: object) => app.http('PUT', '/application/settings', { as: root, json });
  const mayBeSaved = async (kind: 'project' | 'system', url: string) =>
    (await save(homes()[kind], { url })).status === 201;

  it("are GitLab's at first, and say who reaches the local network", async () => {
    const settings = await app.http('GET', '/application/settings', { as: root });
    expect(settings.body).toMatchObject({
      allow_local_requests_from_web_hooks_and_services: false,
      allow_local_requests_from_system_hooks: true,
      deny_all_requests_except_allowed: false,
      outbound_local_requests_allowlist: [],
    });
    const turned = {
      allow_local_requests_from_web_hooks_and_services: true,
      allow_local_requests_from_system_hooks: false,
    };
    (await set(turned)).must(200);
    const url = 'http://10.0.0.1/';
    expect([await mayBeSaved('project', url), await mayBeSaved('system', url)]).toEqual([true, false]);
    const metadata = 'http://169.254.169.254/';
    expect([await mayBeSaved('project', metadata), await mayBeSaved('system', metadata)]).toEqual([false, false]);
    await set({
      allow_local_requests_from_web_hooks_and_services: false,
      allow_local_requests_from_system_hooks: true,
    });
  });

  it('have a list that is always allowed, of names, addresses and networks', async () => {
    const list = ['10.0.0.1:8080', 'inside.test', '169.254.169.254', 'fd00::/8'];
    const changed = await set({ outbound_local_requests_allowlist: list });
    expect(changed.must(200).body).toMatchObject({
      outbound_local_requests_allowlist: list,
      outbound_local_requests_whitelist: list,
    });
    for (const url of [
      'http://10.0.0.1:8080/',
      'http://inside.test/',
      'http://169.254.169.254/',
      'http://[fd12::1]/',
    ]) {
      expect([url, await mayBeSaved('project', url)]).toEqual([url, true]);
    }
    expect(await mayBeSaved('project', 'http://10.0.0.1/')).toBe(false);
    const wrong = await set({ outbound_local_requests_allowlist: ['*.internal'] });
    expect(wrong.must(400).string('message', 'outbound_local_requests_allowlist', 0)).toMatch(
      /^is invalid: "\*\.internal"/,
    );
    expect(
      (await set({ outbound_local_requests_whitelist: [] })).must(200).at('outbound_local_requests_allowlist'),
    ).toEqual([]);
  });

  it('may allow nothing but the list and the server itself', async () => {
    (await set({ deny_all_requests_except_allowed: true, outbound_local_requests_allowlist: ['public.test'] })).must(
      200,
    );
    for (const kind of ['project', 'system'] as const) {
      expect(await mayBeSaved(kind, `http://${PUBLIC}/`)).toBe(false);
      expect(await mayBeSaved(kind, 'http://10.0.0.1/')).toBe(false);
      expect(await mayBeSaved(kind, 'http://public.test/')).toBe(true);
      expect(await mayBeSaved(kind, `${EXTERNAL_URL}/hook`)).toBe(true);
      expect(await mayBeSaved(kind, EXTERNAL_URL.replace('https', 'http'))).toBe(false);
    }
    await set({ deny_all_requests_except_allowed: false, outbound_local_requests_allowlist: [] });
  });
});
