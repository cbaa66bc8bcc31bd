import { describe, expect, test } from 'vitest';
import { allowing, get } from '../../../test/support/outbound.ts';
import { httpReceiver } from '../../../test/support/receiver.ts';
import { findRefusal } from './index.ts';

const answerOk = (_request: unknown, response: { end: (text: string) => void }): void => response.end('ok');
const NOT_LISTED = 'Requests to hosts and IP addresses not on the Allow List are denied';

describe('a policy that allows the local network', () => {
  const local = allowing('', { allowLocal: true });

  test('reaches this machine, by address and by name', async () => {
    const receiver = await httpReceiver(answerOk);
    const named = allowing('', { allowLocal: true, resolve: () => Promise.resolve(['127.0.0.1']) });
    expect(await get(`http://${receiver.host}/`, local)).toMatchObject({ status: 200 });
    expect(await get(`http://name.test:${receiver.port}/`, named)).toMatchObject({ status: 200 });
  });

  test('does not follow it to where nobody may go', async () => {
    const receiver = await httpReceiver((_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    expect(await get(`http://${receiver.host}/`, { ...local, redirects: 3 })).toEqual({
      kind: 'refused',
      reason: 'Requests to the link local network are not allowed',
    });
  });

  test.each([['http://2130706433/'], ['http://[::ffff:7f00:1]/'], ['http://user@127.0.0.1/']])(
    'still refuses %s',
    async (url) => {
      expect(await get(url, local)).toMatchObject({ kind: 'refused' });
    },
  );
});

describe('a policy that allows nothing but its list', () => {
  test('refuses what is public, and what is local even where that is allowed', async () => {
    const policy = allowing('10.0.0.1,ok.test', { onlyAllowed: true, allowLocal: true });
    expect(await get('http://93.184.216.34/', policy)).toEqual({ kind: 'refused', reason: NOT_LISTED });
    expect(await get('http://127.0.0.1/', policy)).toEqual({ kind: 'refused', reason: NOT_LISTED });
  });

  test('reaches what is listed by address or name', async () => {
    const receiver = await httpReceiver(answerOk);
    const resolve = () => Promise.resolve(['127.0.0.1']);
    const policy = allowing(`${receiver.host},ok.test`, { onlyAllowed: true, resolve });
    expect(await get(`http://${receiver.host}/`, policy)).toMatchObject({ status: 200 });
    expect(await get(`http://ok.test:${receiver.port}/`, policy)).toMatchObject({ status: 200 });
  });
});

describe('findRefusal', () => {
  const resolve = (name: string) =>
    name === 'gone.test' ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(['10.0.0.1']);

  test.each([
    ['http://93.184.216.34/', undefined],
    ['http://gone.test/', undefined],
    ['http://inside.test/', 'Requests to the local network are not allowed'],
    ['http://127.0.0.1/', 'Requests to loopback addresses are not allowed'],
    ['ftp://93.184.216.34/', 'Only allowed schemes are http, https'],
    ['nothing', 'URI is invalid'],
  ])('%s: %s', async (url, reason) => {
    expect(await findRefusal(url, { allow: [], resolve })).toBe(reason);
  });
});
