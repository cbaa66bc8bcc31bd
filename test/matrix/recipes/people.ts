import { randomBytes } from 'node:crypto';
import { unique } from '../place.ts';
import type { Prepared, Recipe, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

/** A user of the call's own. */
const aUser = async ({ world }: Lane): Promise<number> => (await world.app.addPerson(unique('target'))).user.id;

const onUser = (state: 'active' | 'blocked' | 'deactivated' = 'active', json?: object): Recipe => ({
  prepare: async (lane) => {
    const id = await aUser(lane);
    await lane.world.app.db.updateTable('users').set({ state }).where('id', '=', id).execute();
    return { path: { id }, ...(json === undefined ? {} : { json }) };
  },
});

const lengthAndBytes = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A public key that nobody else has. */
const sshKey = (): string => {
  const blob = Buffer.concat([lengthAndBytes(Buffer.from('ssh-ed25519')), lengthAndBytes(randomBytes(32))]);
  return `ssh-ed25519 ${blob.toString('base64')} matrix`;
};

const newKey = (): Prepared => ({ json: { title: unique('key'), key: sshKey() } });
const newAddress = (): Prepared => ({ json: { email: `${unique('address')}@example.com` } });

/** The number of a key or an address of somebody, made by an administrator. */
const belongingOf = async ({ world }: Lane, userId: number, kind: 'key' | 'email'): Promise<number> => {
  const { json } = kind === 'key' ? newKey() : newAddress();
  const made = await world.app.http('POST', `/users/${userId}/${kind}s`, { as: world.people.admin, json });
  return made.must(201).number('id');
};

/** What belongs to the places' owner: others have it not. */
const ofOwner = (kind: 'key' | 'email', name: 'id' | 'key_id' | 'email_id'): Recipe => ({
  note: "the owner's",
  prepare: async (lane) => ({ path: { [name]: await belongingOf(lane, lane.world.people.owner.user.id, kind) } }),
});

const ofSomebody = (kind: 'key' | 'email', user: 'id' | 'user_id', name: 'key_id' | 'email_id'): Recipe => ({
  prepare: async (lane) => {
    const userId = await aUser(lane);
    return { path: { [user]: userId, [name]: await belongingOf(lane, userId, kind) } };
  },
});

const IMPERSONATION = { name: 'made', scopes: ['read_api'] };

const impersonation: Recipe = {
  prepare: async (lane) => {
    const { app, people } = lane.world;
    const userId = await aUser(lane);
    const path = `/users/${userId}/impersonation_tokens`;
    const made = await app.http('POST', path, { as: people.admin, json: IMPERSONATION });
    return { path: { user_id: userId, impersonation_token_id: made.must(201).number('id') } };
  },
};

export const peopleRecipes: Recipes = {
  'PUT /users/:id': onUser('active', { name: 'Changed' }),
  'DELETE /users/:id': onUser(),
  'POST /users/:id/block': onUser(),
  'POST /users/:id/unblock': onUser('blocked'),
  'POST /users/:id/deactivate': onUser(),
  'POST /users/:id/activate': onUser('deactivated'),
  'GET /keys/:id': ofOwner('key', 'id'),
  'POST /user/keys': { prepare: newKey },
  'GET /user/keys/:key_id': ofOwner('key', 'key_id'),
  'DELETE /user/keys/:key_id': ofOwner('key', 'key_id'),
  'GET /users/:user_id/keys/:key_id': ofSomebody('key', 'user_id', 'key_id'),
  'POST /users/:user_id/keys': { prepare: newKey },
  'DELETE /users/:user_id/keys/:key_id': ofSomebody('key', 'user_id', 'key_id'),
  'POST /user/emails': { prepare: newAddress },
  'GET /user/emails/:email_id': ofOwner('email', 'email_id'),
  'DELETE /user/emails/:email_id': ofOwner('email', 'email_id'),
  'POST /users/:id/emails': { prepare: newAddress },
  'DELETE /users/:id/emails/:email_id': ofSomebody('email', 'id', 'email_id'),
  'POST /user/personal_access_tokens': { prepare: () => ({ json: { name: 'made', scopes: ['k8s_proxy'] } }) },
  'POST /users/:user_id/impersonation_tokens': { prepare: () => ({ json: IMPERSONATION }) },
  'GET /users/:user_id/impersonation_tokens/:impersonation_token_id': impersonation,
  'DELETE /users/:user_id/impersonation_tokens/:impersonation_token_id': impersonation,
  'PUT /application/settings': { prepare: () => ({ json: { project_jobs_api_rate_limit: 0 } }) },
};
