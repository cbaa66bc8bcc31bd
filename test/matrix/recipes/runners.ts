import type { Place } from '../place.ts';
import { RUNNER_SETTINGS } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

const aRunner = async ({ world }: Lane, place: Place): Promise<Prepared> => ({
  path: { id: (await world.app.addRunner(place.project, RUNNER_SETTINGS)).id },
});

const info = { name: 'matrix', version: '19.4.0' };

export const runnerRecipes: Recipes = {
  'POST /runners': {
    note: 'with no registration token',
    prepare: () => ({ json: { token: 'GR1348941nobody-has-it' } }),
  },
  'DELETE /runners': { freshProof: true },
  'DELETE /runners/managers': {
    freshProof: true,
    prepare: () => ({ query: { system_id: 's_matrix' } }),
  },
  'POST /runners/verify': { prepare: () => ({ json: { system_id: 's_matrix' } }) },
  'POST /runners/reset_authentication_token': { freshProof: true },
  'POST /runners/:id/reset_authentication_token': { prepare: aRunner },
  'PUT /runners/:id': { prepare: () => ({ json: { description: 'changed' } }) },
  'DELETE /runners/:id': { prepare: aRunner },
  'POST /user/runners': [
    {
      note: 'of the project',
      prepare: (_lane, place) => ({ json: { runner_type: 'project_type', project_id: place.project.id } }),
    },
    { note: 'of the instance', prepare: () => ({ json: { runner_type: 'instance_type', ...RUNNER_SETTINGS } }) },
  ],
  'POST /jobs/request': { prepare: () => ({ json: { info, system_id: 's_matrix' } }) },
};
