import type { Clock } from '../../kit/clock.ts';
import type { Db } from '../../platform/postgres/index.ts';
import { CannotOpen, type Vault } from '../../platform/secrets/index.ts';
import { findSetting, insertSetting } from './setting-store.ts';

const SETTING = 'secret_key_check';
const PLACE = 'instance_settings.secret_key_check';
const TEXT = 'penstock';

/** The key file belongs to another database, or was lost and made anew: variables and trigger tokens cannot be opened. */
export class WrongSecretKey extends Error {
  constructor() {
    super('the secret key file is not the one that this database was sealed with');
    this.name = 'WrongSecretKey';
  }
}

/**
 * Compares the key with the database on start, so that a wrong one shows then and not in the middle of a pipeline. The
 * first start seals a word under the key; later starts must be able to open it. Throws `WrongSecretKey`.
 */
export const checkSecretKey = async (deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
}): Promise<void> => {
  await insertSetting(deps.db, SETTING, deps.vault.seal(TEXT, PLACE).toString('base64'), deps.clock.now());
  const sealed = await findSetting(deps.db, SETTING);
  try {
    deps.vault.open(Buffer.from(typeof sealed === 'string' ? sealed : '', 'base64'), PLACE);
  } catch (error) {
    if (error instanceof CannotOpen) throw new WrongSecretKey();
    throw error;
  }
};
