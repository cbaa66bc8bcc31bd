import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, importPKCS8 } from 'jose';
import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import type { Vault } from '../../platform/secrets/index.ts';
import { findSigningKey, insertSigningKey, type SigningKeyRow } from './signing-key-store.ts';

export interface SigningDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
}

export const ALGORITHM = 'RS256';
const PLACE = 'signing_keys.private_key';
const MODULUS_BITS = 2048;

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** The key that signs, made at the first need. Servers that need it at once end with the same one. */
export async function getSigningKey(deps: SigningDeps): Promise<SigningKey> {
  const row = await ensureSigningKey(deps);
  const privateKey = await importPKCS8(deps.vault.open(row.privateKey, PLACE), ALGORITHM);
  return { kid: row.kid, privateKey };
}

export async function ensureSigningKey(deps: SigningDeps): Promise<SigningKeyRow> {
  const present = await findSigningKey(deps.db);
  if (present !== undefined) return present;
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const privateKey = deps.vault.seal(await exportPKCS8(pair.privateKey), PLACE);
  const publicJwk = { ...jwk, kid, use: 'sig', alg: ALGORITHM };
  await insertSigningKey(deps.db, { kid, privateKey, publicJwk }, deps.clock.now());
  const made = await findSigningKey(deps.db);
  if (made === undefined) throw new Error('the signing key is gone');
  return made;
}
