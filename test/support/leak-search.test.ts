import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './git-client.ts';
import { LeakSearch } from './leak-search.ts';

const value = 'glpat-Zq8/x+y=9';
const search = new LeakSearch([{ name: 'token', value }]);
const folder = temporaryFolder('leaks');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a search for secrets', () => {
  it.each([
    ['as it is', value, ['token (plain) in here']],
    ['in a URL', `?a=${encodeURIComponent(value)}`, ['token (URL) in here']],
    ['in hex', Buffer.from(`a${value}b`).toString('hex'), ['token (hex) in here']],
    ['in a Basic header', Buffer.from(`root:${value}`).toString('base64'), ['token (base64) in here']],
    ['in base64 one byte on', Buffer.from(`r${value}`).toString('base64'), ['token (base64) in here']],
    ['in base64 with a tail', Buffer.from(`ro${value}tail`).toString('base64'), ['token (base64) in here']],
    ['reversed: not at all', value.split('').toReversed().join(''), []],
  ])('finds it %s', (_how, text, found) => {
    expect(search.inText('here', text)).toEqual(found);
  });

  it('looks into every file of a folder', () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'log'), Buffer.concat([Buffer.from([0, 255]), Buffer.from(value)]));
    writeFileSync(join(folder, 'clean'), 'nothing');
    expect(search.inFolder(folder)).toEqual(['token (plain) in deep/log']);
  });

  it('refuses what is too short to tell', () => {
    expect(() => new LeakSearch([{ name: 'pin', value: '1234' }])).toThrow('pin is too short');
  });
});
