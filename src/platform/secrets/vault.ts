import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Raised when a sealed value cannot be opened. Its text names no secret. */
export class CannotOpen extends Error {
  constructor(reason: string) {
    super(`a sealed value cannot be opened: ${reason}`);
    this.name = 'CannotOpen';
  }
}

/**
 * Seals values that must be shown or used again. `place` (`variables.value`, `triggers.token`) is authenticated with the
 * value: what was sealed for one column does not open in another.
 */
export interface Vault {
  seal(text: string, place: string): Buffer;
  /** Throws `CannotOpen` when the key is unknown, the place is another one, or a bit has changed. */
  open(sealed: Uint8Array, place: string): string;
}

/** AES-256-GCM. Layout: key version (1 byte), nonce (12), ciphertext, tag (16). */
export const createVault = (keyring: Keyring): Vault => ({
  seal(text, place) {
    const version = Buffer.of(keyring.newest);
    const key = keyring.keys.get(keyring.newest);
    if (key === undefined) throw new CannotOpen('there is no key');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.concat([version, Buffer.from(place, 'utf8')]));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([version, nonce, sealed, cipher.getAuthTag()]);
  },
  open(sealed, place) {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const version = bytes[0];
    if (version === undefined || bytes.byteLength < 1 + NONCE_BYTES + TAG_BYTES)
      throw new CannotOpen('it is too short');
    const key = keyring.keys.get(version);
    if (key === undefined) throw new CannotOpen(`key ${version} is not in the key file`);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.concat([Buffer.of(version), Buffer.from(place, 'utf8')]));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw new CannotOpen('it was sealed under another key or for another place, or it was changed');
    }
  },
});
