import type { KeyFact } from '../../../events/index.ts';
import type { SshKeyId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import type { EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';

/** Keys do not change, so both dates are the same. */
const findKey = async (tx: Tx, id: SshKeyId): Promise<JsonObject | undefined> => {
  const row = await tx
    .selectFrom('ssh_keys')
    .innerJoin('users', 'users.id', 'ssh_keys.user_id')
    .select(['ssh_keys.id', 'ssh_keys.key', 'ssh_keys.created_at', 'users.username'])
    .where('ssh_keys.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const at = isoSeconds(row.created_at);
  return { created_at: at, updated_at: at, key: row.key, id: row.id, username: row.username };
};

const define = (eventName: string): EventDefinition<KeyFact> => ({
  placeOf: ({ keyId }) => ({ subject: `key:${keyId}` }),
  triggersOf: () => [null],
  eventName: () => eventName,
  snapshot: (tx, { keyId }) => findKey(tx, keyId),
  build: async (_deps, _fact, snapshot) =>
    snapshot === undefined ? [] : [{ eventName, trigger: null, payload: { event_name: eventName, ...snapshot } }],
});

/** SSH keys of users. */
export const keyEvents: EventDefinitions = { key_created: define('key_create'), key_destroyed: define('key_destroy') };
