import type { Person } from '../../support/person.ts';
import { type Place, unique } from '../place.ts';
import type { Prepared, Recipe, Recipes } from '../recipe.ts';
import { type Lane, placeWith } from '../world.ts';
import { protectedBranch } from './repositories.ts';

const WANTED = { description: 'Nightly', ref: 'side', cron: '0 1 * * *' };

const addSchedule = async ({ project }: Place, as: Person, ref = 'side'): Promise<number> => {
  const made = await project.call('POST', '/pipeline_schedules', { as, json: { ...WANTED, ref } });
  return made.must(201).number('id');
};

/** A schedule that is made for the call. */
const fresh =
  (json: object = {}) =>
  async ({ world }: Lane, place: Place): Promise<Prepared> => ({
    path: { pipeline_schedule_id: await addSchedule(place, world.people.owner) },
    json,
  });

const ofDeveloper = (json: object = {}): Recipe => ({
  note: "the developer's",
  prepare: async ({ world }, place) => ({
    path: { pipeline_schedule_id: await addSchedule(place, world.people.members.de) },
    json,
  }),
});

const membersOnly: Recipe = {
  note: 'public pipelines off',
  prepare: async ({ world }, { visibility }) => {
    const place = await placeWith(world, visibility, 'members only', ({ project }) =>
      project.set({ public_jobs: 'false' }),
    );
    return { place, path: { pipeline_schedule_id: place.scheduleId } };
  },
};

const onProtected: Recipe = {
  note: 'protected branch',
  prepare: async ({ world }, place) => {
    const ref = await protectedBranch(place);
    await place.project.commit('test: {script: make}\n', { branch: ref });
    return { path: { pipeline_schedule_id: await addSchedule(place, world.people.owner, ref) } };
  },
};

const S = '/projects/:id/pipeline_schedules';

export const scheduleRecipes: Recipes = {
  [`GET ${S}`]: [{}, membersOnly],
  [`GET ${S}/:pipeline_schedule_id`]: [{}, membersOnly],
  [`POST ${S}`]: { prepare: () => ({ json: WANTED }) },
  [`PUT ${S}/:pipeline_schedule_id`]: [
    { prepare: () => ({ json: { description: 'Changed' } }) },
    ofDeveloper({ description: 'Changed' }),
  ],
  [`DELETE ${S}/:pipeline_schedule_id`]: [{ prepare: fresh() }, ofDeveloper()],
  [`POST ${S}/:pipeline_schedule_id/take_ownership`]: [{ prepare: fresh() }, ofDeveloper()],
  [`POST ${S}/:pipeline_schedule_id/play`]: [{}, onProtected],
  [`POST ${S}/:pipeline_schedule_id/variables`]: {
    prepare: () => ({ json: { key: unique('KEY').replaceAll('-', '_'), value: 'x' } }),
  },
  [`GET ${S}/:pipeline_schedule_id/variables/:key`]: {},
  [`PUT ${S}/:pipeline_schedule_id/variables/:key`]: { prepare: () => ({ json: { value: 'red' } }) },
  [`DELETE ${S}/:pipeline_schedule_id/variables/:key`]: {
    prepare: async (_lane, { project, scheduleId }) => {
      const key = unique('GONE').replaceAll('-', '_');
      const path = `/pipeline_schedules/${scheduleId}/variables`;
      (await project.call('POST', path, { json: { key, value: 'x' } })).must(201);
      return { path: { key } };
    },
  },
  'PUT /projects/:id/penstock/schedules/:pipeline_schedule_id/policy': {
    prepare: () => ({ json: { overlap: 'queue' } }),
  },
};
