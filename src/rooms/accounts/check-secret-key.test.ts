import { expect, it } from 'vitest';
import { testDatabase } from '../../../test/support/database.ts';
import { createVault, parseKeyring } from '../../platform/secrets/index.ts';
import { checkSecretKey, WrongSecretKey } from './check-secret-key.ts';

const key = (fill: string): string => Buffer.alloc(32, fill).toString('base64');

it('a key is taken by a new database, known again, also beside a newer one, and any other is refused', async () => {
  const { db } = await testDatabase();
  const check = (keys: string) =>
    checkSecretKey({ db, clock: { now: () => new Date() }, vault: createVault(parseKeyring(keys, 'k')) });
  await Promise.all([check(`1:${key('a')}`), check(`1:${key('a')}`)]);
  await check(`1:${key('a')}\n2:${key('b')}`);
  await expect(check(`1:${key('b')}`)).rejects.toThrow(WrongSecretKey);
  await expect(check(`2:${key('b')}`)).rejects.toThrow(WrongSecretKey);
});
