import { describe, expect, it } from 'vitest';
import { hookWith } from '../../../../test/support/hook.ts';
import { maskAnswer, masker } from './mask-answer.ts';

const HOOK = hookWith({
  url: 'https://me:hunter22@receiver.example/{key}',
  token: 'the-token',
  customHeaders: { 'X-Key': 'the-token-and-more' },
  urlVariables: { key: 'a/secret' },
});

const answer = (body: string, headers: Readonly<Record<string, string>> = {}) =>
  maskAnswer(masker(HOOK), headers, Buffer.from(body));

describe('what a receiver answered', () => {
  it('is kept without the secrets of the hook, in whatever way it repeats them', () => {
    expect(answer('the-token, the-token-and-more, a/secret, a%2Fsecret, hunter22').body).toBe(
      '[REDACTED], [REDACTED], {key}, {key}, [REDACTED]',
    );
    expect(answer('', { location: '/a/secret?x' }).headers).toEqual({ Location: '/{key}?x' });
  });

  it('is kept without a password that a variable holds, however the receiver writes it', () => {
    const hook = hookWith({ url: 'http://usr:{p}@receiver.example/', urlVariables: { p: 'p%40ss "1"' } });
    const mask = masker(hook);
    const credentials = btoa('usr:p@ss "1"');
    const said = [
      `authorization: Basic ${credentials}`,
      `credentials=${credentials};`,
      'p@ss "1"',
      'p@ss \\"1\\"',
      'p%40ss "1"',
      'p%40ss%20%221%22',
    ].join('\n');
    expect(mask(said)).toBe(
      ['authorization: [REDACTED]', 'credentials=[REDACTED];', '[REDACTED]', '[REDACTED]', '{p}', '[REDACTED]'].join(
        '\n',
      ),
    );
  });

  it('is kept without the Base64 of what is secret, with and without padding', () => {
    expect(answer(`${btoa('the-token')}, ${btoa('a/secret')}, ${btoa('hunter22').replace(/=+$/, '')}.`).body).toBe(
      '[REDACTED], {key}, [REDACTED].',
    );
  });

  it('is kept without what is secret in the JSON of those who escape slashes, or all but ASCII', () => {
    const mask = masker(hookWith({ token: 'pä/ss' }));
    const said = ['"pä\\/ss"', '"p\\u00e4/ss"', '"p\\u00e4\\/ss"', '"p\\u00E4/ss"'];
    expect(said.map(mask)).toEqual(said.map(() => '"[REDACTED]"'));
    const variable = masker(hookWith({ urlVariables: { key: '😀/k' } }));
    expect(variable('"\\ud83d\\ude00\\/k"')).toBe('"{key}"');
  });

  it('is kept without the credentials of a header, without their scheme too', () => {
    const mask = masker(hookWith({ customHeaders: { Authorization: 'Bearer abc123' } }));
    expect(mask('Bearer abc123; you are abc123')).toBe('[REDACTED]; you are [REDACTED]');
  });

  it('is cut to 8 KB without a half secret or a half character', () => {
    expect(answer('x'.repeat(8192 - 6) + 'the-token').body).toBe(`${'x'.repeat(8192 - 6)}[REDAC`);
    expect(answer(`${'x'.repeat(8191)}é`).body).toBe('x'.repeat(8191));
  });

  it('has at most 50 headers of 1 KB', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, 'v'.repeat(2000)]));
    const { headers } = answer('', many);
    expect(Object.keys(headers)).toHaveLength(50);
    expect(headers['X-0']).toHaveLength(1024);
  });

  it('holds nothing that the database cannot', () => {
    expect(answer('a\0b').body).toBe('a\uFFFDb');
  });

  it('takes no long time when a short secret stands everywhere', () => {
    const hook = hookWith({ urlVariables: { name: 'a', other: 'n' } });
    const { body } = maskAnswer(masker(hook), {}, Buffer.from('ab'.repeat(500_000)));
    expect(body.slice(0, 14)).toBe('{name}b{name}b');
    expect(body).toHaveLength(8192);
  });
});
