import type { Person } from '../../support/test-app.ts';
import { addGroup, type Place, unique } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

const victimOf = ({ world }: Lane): Person => world.people.victim;

/** A member of the place's group who is there to be changed. */
const aMember = async (lane: Lane, { groupId }: Place): Promise<number> => {
  const json = { user_id: victimOf(lane).user.id, access_level: 20 };
  const added = await lane.world.app.http('POST', `/groups/${groupId}/members`, { as: lane.world.people.owner, json });
  // Left from a call that was refused.
  if (added.status !== 409) added.must(201);
  return json.user_id;
};

const noMember = (lane: Lane, { groupId }: Place): Promise<unknown> =>
  lane.world.app.http('DELETE', `/groups/${groupId}/members/${victimOf(lane).user.id}`, {
    as: lane.world.people.owner,
  });

/** Left from a call that was refused, or made now. */
const aRequest = async ({ world }: Lane, { groupId }: Place): Promise<number> => {
  const { id } = world.people.victim.user;
  await world.app.db
    .insertInto('access_requests')
    .values({ namespace_id: groupId, user_id: id, created_at: world.app.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return id;
};

const noRequests = ({ world }: Lane, { groupId }: Place): Promise<unknown> =>
  world.app.db.deleteFrom('access_requests').where('namespace_id', '=', groupId).execute();

/** A variable that the call may change or end, made by somebody who may. */
const aVariable = async (lane: Lane, path: string, as: Person): Promise<Prepared> => {
  const key = unique('MADE').replace('-', '_');
  (await lane.world.app.http('POST', path, { as, json: { key, value: 'x' } })).must(201);
  return { path: { key } };
};

const INSTANCE = '/admin/ci/variables';

const anInstanceVariable = (lane: Lane): Promise<Prepared> => aVariable(lane, INSTANCE, lane.world.people.admin);

const newVariable = (): Prepared => ({ json: { key: unique('MADE').replace('-', '_'), value: 'x' } });

export const groupRecipes: Recipes = {
  'POST /groups': [
    { note: 'top-level', prepare: () => ({ json: { name: 'Made', path: unique('made') } }) },
    {
      note: 'below the group',
      prepare: (_lane, { groupId }) => {
        const path = unique('made');
        return { json: { name: path, path, parent_id: groupId } };
      },
    },
  ],
  'PUT /groups/:id': { prepare: () => ({ json: { description: unique('about') } }) },
  'DELETE /groups/:id': {
    prepare: async ({ world }, { visibility }) => ({
      path: { id: await addGroup(world.app, world.crew, visibility) },
    }),
  },
  'POST /groups/:id/transfer': {
    note: 'a subgroup, to the top',
    prepare: async ({ world }, { groupId }) => {
      const path = unique('moved');
      const json = { name: path, path, parent_id: groupId };
      const made = await world.app.http('POST', '/groups', { as: world.people.owner, json });
      return { path: { id: made.must(201).number('id') } };
    },
  },
  'POST /groups/:id/members': {
    prepare: (lane) => ({ json: { user_id: victimOf(lane).user.id, access_level: 20 } }),
    undo: noMember,
  },
  'PUT /groups/:id/members/:user_id': {
    prepare: async (lane, place) => ({ path: { user_id: await aMember(lane, place) }, json: { access_level: 30 } }),
    undo: noMember,
  },
  'DELETE /groups/:id/members/:user_id': {
    prepare: async (lane, place) => ({ path: { user_id: await aMember(lane, place) } }),
  },
  'POST /groups/:id/access_requests': { undo: noRequests },
  'PUT /groups/:id/access_requests/:user_id/approve': {
    prepare: async (lane, place) => ({ path: { user_id: await aRequest(lane, place) } }),
    undo: noMember,
  },
  'DELETE /groups/:id/access_requests/:user_id': {
    prepare: async (lane, place) => ({ path: { user_id: await aRequest(lane, place) } }),
  },
  'GET /namespaces/:id': { prepare: (_lane, { groupId }) => ({ path: { id: groupId } }) },
  'POST /groups/:id/variables': { prepare: newVariable },
  'PUT /groups/:id/variables/:key': { prepare: () => ({ json: { value: 'blue' } }) },
  'DELETE /groups/:id/variables/:key': {
    prepare: (lane, { groupId }) => aVariable(lane, `/groups/${groupId}/variables`, lane.world.people.owner),
  },
  [`POST ${INSTANCE}`]: { prepare: newVariable },
  [`GET ${INSTANCE}/:key`]: { prepare: anInstanceVariable },
  [`PUT ${INSTANCE}/:key`]: {
    prepare: async (lane) => ({ ...(await anInstanceVariable(lane)), json: { value: 'blue' } }),
  },
  [`DELETE ${INSTANCE}/:key`]: { prepare: anInstanceVariable },
};
