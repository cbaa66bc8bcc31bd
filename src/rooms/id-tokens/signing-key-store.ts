import type { JWK } from 'jose';
import type { Db } from '../../platform/postgres/index.ts';

/** SQL of `signing_keys`. */

export interface SigningKeyRow {
  readonly kid: string;
  /** PKCS #8, sealed. */
  readonly privateKey: Uint8Array;
}

/** The one key that signs now; undefined before the first need. */
export async function findSigningKey(db: Db): Promise<SigningKeyRow | undefined> {
  const row = await db
    .selectFrom('signing_keys')
    .select(['kid', 'private_key'])
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  return row && { kid: row.kid, privateKey: row.private_key };
}

/** Unless some server was faster: then its key stays. */
export async function insertSigningKey(db: Db, key: SigningKeyRow & { publicJwk: JWK }, now: Date): Promise<void> {
  await db
    .insertInto('signing_keys')
    .values({
      kid: key.kid,
      public_jwk: JSON.stringify(key.publicJwk),
      private_key: Buffer.from(key.privateKey),
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Public halves of all keys, retired ones too, newest first. */
export async function listPublicKeys(db: Db): Promise<readonly unknown[]> {
  const rows = await db.selectFrom('signing_keys').select('public_jwk').orderBy('id', 'desc').execute();
  return rows.map((row) => row.public_jwk);
}
