import { sql } from 'kysely';
import { type Place, unique } from '../place.ts';
import type { Prepared, Recipe, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

/** A branch that is one commit ahead of `main`. */
const aBranch = async ({ project, sha }: Place): Promise<string> => {
  const branch = unique('made');
  await project.commit({ [`${branch}.md`]: 'Made\n' }, { branch, from: sha });
  return branch;
};

/** A merge request of the owner's. */
const openOne = async (place: Place, target = 'main'): Promise<number> => {
  const json = { source_branch: await aBranch(place), target_branch: target, title: 'Made' };
  return (await place.project.call('POST', '/merge_requests', { json })).must(201).number('iid');
};

/** One that is made for the call. */
const fresh =
  (json: object = {}, target = 'main') =>
  async (_lane: Lane, place: Place): Promise<Prepared> => ({
    path: { merge_request_iid: await openOne(place, target) },
    json,
  });

const waiting: Recipe['prepare'] = async ({ world }, place) => {
  const iid = await openOne(place);
  await sql`update merge_requests set auto_merge_user_id = ${world.people.owner.user.id}
    where project_id = ${place.project.id} and iid = ${iid}`.execute(world.app.db);
  return { path: { merge_request_iid: iid } };
};

const approvedByAll: Recipe['prepare'] = async ({ world }, place) => {
  const iid = await openOne(place);
  await sql`insert into merge_request_approvals (merge_request_id, user_id, created_at)
    select merge_requests.id, users.id, now() from merge_requests, users
    where merge_requests.project_id = ${place.project.id} and iid = ${iid}`.execute(world.app.db);
  return { path: { merge_request_iid: iid } };
};

const aNote = async (_lane: Lane, { project }: Place): Promise<Prepared> => {
  const made = await project.call('POST', '/merge_requests/1/notes', { json: { body: 'Made' } });
  return { path: { note_id: made.must(201).number('id') }, json: { body: 'Changed' } };
};

const P = '/projects/:id/merge_requests';
const M = `${P}/:merge_request_iid`;

export const mergeRequestRecipes: Recipes = {
  'GET /merge_requests': [{}, { note: 'everywhere', prepare: () => ({ query: { scope: 'all' } }) }],
  [`POST ${P}`]: {
    prepare: async (_lane, place) => ({
      json: { source_branch: await aBranch(place), target_branch: 'main', title: 'Made' },
    }),
  },
  [`PUT ${M}`]: { prepare: () => ({ json: { title: 'Changed' } }) },
  [`DELETE ${M}`]: { prepare: fresh() },
  [`PUT ${M}/merge`]: [{ prepare: fresh() }, { note: 'unprotected target', prepare: fresh({}, 'side') }],
  [`POST ${M}/cancel_merge_when_pipeline_succeeds`]: { prepare: waiting },
  [`PUT ${M}/rebase`]: { prepare: fresh() },
  [`POST ${M}/approve`]: { prepare: fresh() },
  [`POST ${M}/unapprove`]: { prepare: approvedByAll },
  [`POST ${M}/pipelines`]: {},
  [`POST ${M}/notes`]: { prepare: () => ({ json: { body: 'Made' } }) },
  [`PUT ${M}/notes/:note_id`]: { prepare: aNote },
  [`DELETE ${M}/notes/:note_id`]: { prepare: aNote },
};
