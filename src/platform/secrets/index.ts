export { digestOf, sameDigest } from './digest.ts';
export { BadKeyFile, type Keyring, loadOrCreateKeyring, parseKeyring } from './keyring.ts';
export { hashPassword, verifyPassword } from './password.ts';
export { randomToken } from './random-token.ts';
export { CannotOpen, createVault, type Vault } from './vault.ts';
