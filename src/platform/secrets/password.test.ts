import { describe, expect, it } from 'vitest';
import { digestOf, sameDigest } from './digest.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { randomToken } from './random-token.ts';

describe('passwords', () => {
  it('are verified against their PHC hash, each with its own salt', async () => {
    const hash = await hashPassword('correct horse 배터리');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(hash).not.toBe(await hashPassword('correct horse 배터리'));
    expect(await verifyPassword('correct horse 배터리', hash)).toBe(true);
    expect(await verifyPassword('correct horse', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('are refused without a hash or with a broken one, after the same work', async () => {
    for (const hash of [undefined, null, '', 'plain', '$argon2id$v=19$m=19456,t=2,p=1$$']) {
      expect(await verifyPassword('x', hash)).toBe(false);
    }
  });

  it('verify a hash that another argon2 made', async () => {
    // from the reference implementation's own tests: 64 MiB, salt "somesalt"
    const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await verifyPassword('password', known)).toBe(true);
  });
});

describe('tokens', () => {
  it('carry their prefix and 20 URL-safe characters', () => {
    expect(randomToken('glpat-')).toMatch(/^glpat-[A-Za-z0-9_-]{20}$/);
    expect(randomToken('')).not.toBe(randomToken(''));
  });

  it('are compared by their digests', () => {
    expect(sameDigest(digestOf('abc'), digestOf('abc'))).toBe(true);
    expect(sameDigest(digestOf('abc'), digestOf('abcd'))).toBe(false);
    expect(sameDigest(digestOf('abc'), new Uint8Array())).toBe(false);
  });
});
