import { describe, expect, it } from 'vitest';
import { parseKeyring } from './keyring.ts';
import { CannotOpen, createVault } from './vault.ts';

const key = (fill: string): string => Buffer.alloc(32, fill).toString('base64');
const one = createVault(parseKeyring(`1:${key('a')}`, 'k'));

describe('vault', () => {
  it('opens what it sealed, in any language, and never seals the same twice alike', () => {
    const text = 'pass wörd 비밀 🗝\n';
    const sealed = one.seal(text, 'variables.value');
    expect(one.open(sealed, 'variables.value')).toBe(text);
    expect(sealed.equals(one.seal(text, 'variables.value'))).toBe(false);
    expect(sealed.includes('pass')).toBe(false);
    expect(one.open(one.seal('', 'x'), 'x')).toBe('');
  });

  it('refuses another place, another key and every changed byte', () => {
    const sealed = one.seal('secret', 'variables.value');
    expect(() => one.open(sealed, 'triggers.token')).toThrow(CannotOpen);
    expect(() => createVault(parseKeyring(`1:${key('b')}`, 'k')).open(sealed, 'variables.value')).toThrow(CannotOpen);
    for (let at = 0; at < sealed.byteLength; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
      expect(() => one.open(changed, 'variables.value')).toThrow(CannotOpen);
    }
    expect(() => one.open(sealed.subarray(0, -1), 'variables.value')).toThrow(CannotOpen);
    expect(() => one.open(new Uint8Array(), 'variables.value')).toThrow(CannotOpen);
  });

  it('opens old values after a new key was added, and seals with the newest', () => {
    const both = createVault(parseKeyring(`1:${key('a')}\n2:${key('b')}`, 'k'));
    expect(both.open(one.seal('old', 'x'), 'x')).toBe('old');
    const sealed = both.seal('new', 'x');
    expect(sealed[0]).toBe(2);
    expect(() => one.open(sealed, 'x')).toThrow('key 2 is not in the key file');
  });
});
