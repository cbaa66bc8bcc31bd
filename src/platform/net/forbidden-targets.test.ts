import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { allowing, get } from '../../../test/support/outbound.ts';
import { httpReceiver } from '../../../test/support/receiver.ts';

const answerOk = (_request: unknown, response: ServerResponse): void => {
  response.end('ok');
};

describe('where a request may go', () => {
  const LOOPBACK = 'Requests to loopback addresses are not allowed';
  const LOCALHOST = 'Requests to localhost are not allowed';
  const DISGUISED = 'An IP address must be written as four decimal numbers';
  const EMBEDDED = 'Requests to IPv4 addresses inside of IPv6 addresses are not allowed';

  test.each([
    ['http://127.0.0.1:PORT/', LOOPBACK],
    ['http://localhost:PORT/', LOOPBACK],
    ['http://LOCALHOST:PORT/', LOOPBACK],
    ['http://[::1]:PORT/', LOOPBACK],
    ['http://0.0.0.0:PORT/', LOCALHOST],
    ['http://[::]:PORT/', LOCALHOST],
    ['http://2130706433:PORT/', DISGUISED],
    ['http://017700000001:PORT/', DISGUISED],
    ['http://0x7f000001:PORT/', DISGUISED],
    ['http://0x7f.0.0.0x1:PORT/', DISGUISED],
    ['http://0177.0.0.1:PORT/', DISGUISED],
    ['http://127.1:PORT/', DISGUISED],
    ['http://0:PORT/', DISGUISED],
    ['http://①②⑦.⓪.⓪.①:PORT/', DISGUISED],
    ['http://127。0。0。1:PORT/', DISGUISED],
    ['http://%31%32%37.0.0.1:PORT/', DISGUISED],
    ['http://127.0.0.1.:PORT/', LOOPBACK],
    ['http:\\\\127.0.0.1:PORT/', LOOPBACK],
    ['http:127.0.0.1:PORT/', LOOPBACK],
    ['http:///127.0.0.1:PORT/', LOOPBACK],
    ['http://[::ffff:127.0.0.1]:PORT/', EMBEDDED],
    ['http://[::ffff:7f00:1]:PORT/', EMBEDDED],
    ['http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/', EMBEDDED],
    ['http://[64:ff9b::127.0.0.1]:PORT/', EMBEDDED],
    ['http://[2002:7f00:1::]:PORT/', EMBEDDED],
    ['http://169.254.169.254/latest/meta-data/', 'Requests to the link local network are not allowed'],
    ['http://[fd00:ec2::254]/latest/meta-data/', 'Requests to the local network are not allowed'],
    ['http://[fe80::1%25lo]:PORT/', 'URI is invalid'],
    ['http://example.com@127.0.0.1:PORT/', 'A user or password in the URI is not allowed'],
    ['http://example.com:80@127.0.0.1:PORT/', 'A user or password in the URI is not allowed'],
    ['http://:secret@127.0.0.1:PORT/', 'A user or password in the URI is not allowed'],
    ['http://exam\tple.com:PORT/', 'URI is invalid'],
    ['http://127.0.0.1:PORT/\r\nX-Injected: 1', 'URI is invalid'],
    [' http://127.0.0.1:PORT/', 'URI is invalid'],
    ['http://127.0.0.1\u0000.example.com:PORT/', 'URI is invalid'],
    ['file:///etc/passwd', 'Only allowed schemes are http, https'],
    ['gopher://127.0.0.1:PORT/', 'Only allowed schemes are http, https'],
    ['ftp://127.0.0.1:PORT/', 'Only allowed schemes are http, https'],
    ['unix:/run/docker.sock', 'Only allowed schemes are http, https'],
    ['http://', 'URI is invalid'],
    ['127.0.0.1:PORT', 'URI is invalid'],
    ['http://127.0.0.1:0/', 'Port 0 is not allowed'],
    [`http://example.com/${'a'.repeat(8200)}`, 'URI is too long (maximum is 8192 characters)'],
  ])('%j is refused', async (url, reason) => {
    const receiver = await httpReceiver(answerOk);
    const result = await get(url.replace('PORT', String(receiver.port)), allowing(''));
    expect(result).toEqual({ kind: 'refused', reason });
    expect(receiver.connections()).toBe(0);
  });

  test('allowing one address allows neither another one nor another port', async () => {
    const allowed = await httpReceiver(answerOk);
    const other = await httpReceiver(answerOk);
    const policy = allowing(allowed.host);
    expect(await get(`http://${allowed.host}/`, policy)).toMatchObject({ kind: 'response', status: 200 });
    expect(await get(`http://${other.host}/`, policy)).toEqual({ kind: 'refused', reason: LOOPBACK });
    expect(await get(`http://127.0.0.2:${allowed.port}/`, policy)).toEqual({ kind: 'refused', reason: LOOPBACK });
    expect(other.connections()).toBe(0);
  });

  test('a name that is allowed may mean a private address', async () => {
    const receiver = await httpReceiver(answerOk);
    const resolve = () => Promise.resolve(['127.0.0.1']);
    const url = `http://ci.internal:${receiver.port}/`;
    expect(await get(url, allowing(`ci.internal:${receiver.port}`, { resolve }))).toMatchObject({ status: 200 });
    expect(await get(url, allowing('ci.internal:1', { resolve }))).toEqual({ kind: 'refused', reason: LOOPBACK });
    expect(receiver.requests.map(({ headers }) => headers.host)).toEqual([`ci.internal:${receiver.port}`]);
  });

  test.each([
    ['one private', ['10.0.0.1']],
    ['a public one and a private one', ['93.184.216.34', '10.0.0.1']],
    ['a private one in IPv6', ['fd00::1']],
    ['one that is allowed and one that is not', ['127.0.0.1', '10.0.0.1']],
  ])('a name with %s address is refused', async (_what, addresses) => {
    const receiver = await httpReceiver(answerOk);
    const policy = allowing(receiver.host, { resolve: () => Promise.resolve(addresses) });
    const result = await get(`http://name.test:${receiver.port}/`, policy);
    expect(result).toEqual({ kind: 'refused', reason: 'Requests to the local network are not allowed' });
    expect(receiver.connections()).toBe(0);
  });

  test('an address of this very machine is refused though it is public', async () => {
    const policy = allowing('', { ownAddresses: () => ['93.184.216.34', '2606:2800::1'] });
    expect(await get('http://93.184.216.34/', policy)).toEqual({ kind: 'refused', reason: LOCALHOST });
    expect(await get('http://[2606:2800:0::1]/', policy)).toEqual({ kind: 'refused', reason: LOCALHOST });
  });

  test.each([
    ['an error of DNS', () => Promise.reject(new Error('EAI_AGAIN'))],
    ['no address', () => Promise.resolve([])],
    ['no address but a name', () => Promise.resolve(['127.0.0.1', 'localhost'])],
    ['an empty address', () => Promise.resolve([''])],
  ])('%s is a refusal, also for a name that is allowed', async (_what, resolve) => {
    const reason = 'Host cannot be resolved or invalid';
    expect(await get('http://name.test/', allowing('name.test', { resolve }))).toEqual({ kind: 'refused', reason });
  });

  test('an error of DNS first and a private address then are two refusals', async () => {
    const receiver = await httpReceiver(answerOk);
    const answers = [[], ['127.0.0.1']];
    const policy = allowing('', { resolve: () => Promise.resolve(answers.shift() ?? []) });
    const url = `http://name.test:${receiver.port}/`;
    expect(await get(url, policy)).toMatchObject({ kind: 'refused' });
    expect(await get(url, policy)).toEqual({ kind: 'refused', reason: LOOPBACK });
    expect(receiver.connections()).toBe(0);
  });

  test('a name is resolved once: what it means afterwards is not asked', async () => {
    const receiver = await httpReceiver(answerOk);
    const asked: string[] = [];
    // The second answer would be this machine on an address that is not allowed.
    const resolve = (name: string) => {
      asked.push(name);
      return Promise.resolve([asked.length === 1 ? '127.0.0.1' : '127.0.0.2']);
    };
    const policy = allowing(receiver.host, { resolve });
    const url = `http://rebind.test:${receiver.port}/`;
    expect(await get(url, policy)).toMatchObject({ status: 200 });
    expect(asked).toEqual(['rebind.test']);
    expect(await get(url, policy)).toEqual({ kind: 'refused', reason: LOOPBACK });
  });

  test('of several allowed addresses the one that answers is used', async () => {
    const receiver = await httpReceiver(answerOk);
    const resolve = () => Promise.resolve(['127.0.0.9', '127.0.0.1']);
    const result = await get(`http://two.test:${receiver.port}/`, allowing('127.0.0.0/8', { resolve }));
    expect(result).toMatchObject({ status: 200 });
  });
});
