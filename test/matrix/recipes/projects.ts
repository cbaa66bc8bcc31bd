import { addMembers, type Place, unique } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import { barePlace, type Lane } from '../world.ts';

/** A place that the call may ruin. */
const ofItsOwn = async ({ world }: Lane, place: Place): Promise<Prepared> => ({
  place: await barePlace(world, place),
});

const unarchive = ({ world }: Lane, { project }: Place): Promise<unknown> =>
  world.app.db.updateTable('projects').set({ archived: false }).where('id', '=', project.id).execute();

/** A member who is there to be changed. */
const aMember = async ({ world }: Lane, { project }: Place): Promise<number> => {
  const { user } = world.people.victim;
  await addMembers(world.app, project.id, [[world.people.victim, 20]]);
  return user.id;
};

const noMember = ({ world }: Lane, { project }: Place): Promise<unknown> =>
  world.app.db
    .deleteFrom('project_members')
    .where('project_id', '=', project.id)
    .where('user_id', '=', world.people.victim.user.id)
    .execute();

/** Left from a call that was refused, or made now. */
const aRequest = async ({ world }: Lane, { project }: Place): Promise<number> => {
  const { id } = world.people.victim.user;
  await world.app.db
    .insertInto('access_requests')
    .values({ project_id: project.id, user_id: id, created_at: world.app.clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return id;
};

const noRequests = ({ world }: Lane, { project }: Place): Promise<unknown> =>
  world.app.db.deleteFrom('access_requests').where('project_id', '=', project.id).execute();

const ownersCall = async (place: Place, path: string, form: Readonly<Record<string, string>>) =>
  (await place.project.call('POST', path, { form })).must(201);

export const projectRecipes: Recipes = {
  'POST /projects': [
    { note: 'in the own namespace', prepare: () => ({ json: { path: unique('made') } }) },
    {
      note: 'in a group',
      prepare: (_lane, { groupId }) => ({ json: { path: unique('made'), namespace_id: groupId } }),
    },
  ],
  'PUT /projects/:id': [
    { note: 'description', prepare: () => ({ json: { description: unique('about') } }) },
    {
      note: 'visibility',
      prepare: (_lane, { visibility }) => ({ json: { visibility } }),
    },
  ],
  'DELETE /projects/:id': { prepare: ofItsOwn },
  'PUT /projects/:id/transfer': {
    prepare: async (lane, place) => ({ ...(await ofItsOwn(lane, place)), json: { namespace: String(place.groupId) } }),
  },
  'POST /projects/:id/archive': { undo: unarchive },
  'POST /projects/:id/unarchive': {},
  'POST /projects/:id/members': {
    prepare: ({ world }) => ({ json: { user_id: world.people.victim.user.id, access_level: 20 } }),
    undo: noMember,
  },
  'PUT /projects/:id/members/:user_id': [
    {
      note: 'to developer',
      prepare: async (lane, place) => ({ path: { user_id: await aMember(lane, place) }, json: { access_level: 30 } }),
      undo: noMember,
    },
    {
      note: 'to owner',
      prepare: async (lane, place) => ({ path: { user_id: await aMember(lane, place) }, json: { access_level: 50 } }),
      undo: noMember,
    },
  ],
  'DELETE /projects/:id/members/:user_id': {
    prepare: async (lane, place) => ({ path: { user_id: await aMember(lane, place) } }),
  },
  'POST /projects/:id/access_requests': { undo: noRequests },
  'PUT /projects/:id/access_requests/:user_id/approve': [
    {
      note: 'as developer',
      prepare: async (lane, place) => ({ path: { user_id: await aRequest(lane, place) } }),
      undo: noMember,
    },
    {
      note: 'as owner',
      prepare: async (lane, place) => ({ path: { user_id: await aRequest(lane, place) }, json: { access_level: 50 } }),
      undo: noMember,
    },
  ],
  'DELETE /projects/:id/access_requests/:user_id': {
    prepare: async (lane, place) => ({ path: { user_id: await aRequest(lane, place) } }),
  },
  'POST /projects/:id/protected_branches': { prepare: () => ({ json: { name: unique('protected') } }) },
  'PATCH /projects/:id/protected_branches/:name': { prepare: () => ({ json: { allow_force_push: false } }) },
  'DELETE /projects/:id/protected_branches/:name': {
    prepare: async (_lane, place) => {
      const name = unique('protected');
      await place.project.protect(name);
      return { path: { name } };
    },
  },
  'PATCH /projects/:id/job_token_scope': { prepare: () => ({ json: { enabled: true } }) },
  'POST /projects/:id/job_token_scope/allowlist': {
    prepare: async ({ world }) => {
      const made = await world.app.http('POST', '/projects', {
        as: world.people.owner,
        json: { path: unique('let-in'), visibility: 'internal' },
      });
      return { json: { target_project_id: made.must(201).number('id') } };
    },
  },
  'DELETE /projects/:id/job_token_scope/allowlist/:target_project_id': {
    prepare: async ({ world }, place) => {
      const made = await world.app.http('POST', '/projects', {
        as: world.people.owner,
        json: { path: unique('let-in'), visibility: 'internal' },
      });
      const id = made.must(201).number('id');
      await ownersCall(place, '/job_token_scope/allowlist', { target_project_id: String(id) });
      return { path: { target_project_id: id } };
    },
  },
  'POST /projects/:id/job_token_scope/groups_allowlist': {
    prepare: (_lane, { groupId }) => ({ json: { target_group_id: groupId } }),
    undo: ({ world }, { project, groupId }) =>
      world.app.http('DELETE', `/projects/${project.id}/job_token_scope/groups_allowlist/${groupId}`, {
        as: world.people.owner,
      }),
  },
  'DELETE /projects/:id/job_token_scope/groups_allowlist/:target_group_id': {
    prepare: async (_lane, place) => {
      await ownersCall(place, '/job_token_scope/groups_allowlist', { target_group_id: String(place.groupId) });
      return { path: { target_group_id: place.groupId } };
    },
  },
  'POST /projects/:id/variables': { prepare: () => ({ json: { key: unique('MADE').replace('-', '_'), value: 'x' } }) },
  'PUT /projects/:id/variables/:key': { prepare: () => ({ json: { value: 'blue' } }) },
  'DELETE /projects/:id/variables/:key': {
    prepare: async (_lane, place) => {
      const key = unique('MADE').replace('-', '_');
      await place.project.addVariable({ key, value: 'x' });
      return { path: { key } };
    },
  },
  'POST /projects/:id/triggers': { prepare: () => ({ json: { description: 'made' } }) },
  'PUT /projects/:id/triggers/:trigger_id': { prepare: () => ({ json: { description: unique('about') } }) },
  'DELETE /projects/:id/triggers/:trigger_id': {
    prepare: async (_lane, place) => {
      const made = await ownersCall(place, '/triggers', { description: 'made' });
      return { path: { trigger_id: made.number('id') } };
    },
  },
};
