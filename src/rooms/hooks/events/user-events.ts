import type { FactOf, UserFact } from '../../../events/index.ts';
import type { UserId } from '../../../kit/ids.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { isoSeconds } from '../payloads/payload-dates.ts';
import type { EventDefinition, EventDefinitions, JsonObject } from './event-definition.ts';

interface UserSnapshot {
  readonly user: JsonObject;
  readonly state: string;
}

/** With the real address: system hooks are an administrator's. */
const findUser = async (tx: Tx, id: UserId): Promise<UserSnapshot | undefined> => {
  const row = await tx
    .selectFrom('users')
    .select(['id', 'name', 'email', 'username', 'state', 'created_at', 'updated_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { created_at: createdAt, updated_at: updatedAt, id: userId, state, name, email, username } = row;
  const dates = { created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt) };
  return { user: { ...dates, name, email, user_id: userId, username }, state };
};

const define = <Kind extends UserFact>(
  eventName: string,
  more: (fact: Kind, state: string) => JsonObject = () => ({}),
): EventDefinition<Kind> => ({
  placeOf: ({ userId }) => ({ subject: `user:${userId}` }),
  triggersOf: () => [null],
  eventName: () => eventName,
  snapshot: async (tx, fact) => {
    const found = await findUser(tx, fact.userId);
    return found === undefined ? undefined : { ...found.user, ...more(fact, found.state) };
  },
  build: async (_deps, _fact, snapshot) =>
    snapshot === undefined ? [] : [{ eventName, trigger: null, payload: { event_name: eventName, ...snapshot } }],
});

/** Users that come, go, change their username, and those who are blocked and try to sign in. */
export const userEvents: EventDefinitions = {
  user_created: define('user_create'),
  user_destroyed: define('user_destroy'),
  user_renamed: define<FactOf<'user_renamed'>>('user_rename', ({ oldUsername }) => ({ old_username: oldUsername })),
  user_failed_login: define('user_failed_login', (_fact, state) => ({ state })),
};
