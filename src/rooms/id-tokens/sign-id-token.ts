import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { claimsOf, type IdTokenFacts, subjectOf } from './claims.ts';
import { ALGORITHM, getSigningKey, type SigningDeps } from './signing-key.ts';

/** Seconds by which clocks may differ. */
const EARLY = 5;

/**
 * A token that proves to others which job holds it (RS256). Valid until the job must have ended.
 * @param aud expanded; one text stays one text.
 * @param lifetime seconds: the job's timeout.
 */
export async function signIdToken(
  deps: SigningDeps,
  facts: IdTokenFacts,
  aud: string | readonly string[],
  lifetime: number,
): Promise<string> {
  const { kid, privateKey } = await getSigningKey(deps);
  const now = Math.floor(deps.clock.now().getTime() / 1000);
  return new SignJWT({ ...claimsOf(facts) })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
    .setJti(randomUUID())
    .setIssuer(facts.externalUrl)
    .setSubject(subjectOf(facts))
    .setAudience(typeof aud === 'string' ? aud : [...aud])
    .setIssuedAt(now)
    .setNotBefore(now - EARLY)
    .setExpirationTime(now + lifetime)
    .sign(privateKey);
}
