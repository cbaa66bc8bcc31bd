import type { Place } from '../place.ts';
import type { Prepared, Recipe, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

/** Nobody resolves it, and nobody is there. */
const URL = 'https://receiver.invalid/hook';
const VARIABLE = {
  url_variables: [{ key: 'colour', value: 'green' }],
  custom_headers: [{ key: 'colour', value: 'green' }],
};

const HOMES = {
  '/hooks': () => '/hooks',
  '/projects/:id/hooks': ({ project }: Place) => `/projects/${project.id}/hooks`,
  '/groups/:id/hooks': ({ groupId }: Place) => `/groups/${groupId}/hooks`,
} as const satisfies Readonly<Record<string, (place: Place) => string>>;

const recipesOf = (home: keyof typeof HOMES): Recipes => {
  const add = async ({ world }: Lane, place: Place): Promise<number> => {
    const json = { url: URL, ...VARIABLE };
    const made = await world.app.http('POST', HOMES[home](place), { as: world.people.admin, json });
    return made.must(201).number('id');
  };
  /** A hook that is made for the call. */
  const fresh = (json?: object): Recipe => ({
    prepare: async (lane, place): Promise<Prepared> => ({
      path: { hook_id: await add(lane, place), key: 'colour' },
      ...(json && { json }),
    }),
  });
  return {
    [`POST ${home}`]: { prepare: () => ({ json: { url: URL } }) },
    [`GET ${home}/:hook_id`]: fresh(),
    [`PUT ${home}/:hook_id`]: fresh({ name: 'Changed' }),
    [`DELETE ${home}/:hook_id`]: fresh(),
    [`PUT ${home}/:hook_id/url_variables/:key`]: fresh({ value: 'red' }),
    [`DELETE ${home}/:hook_id/url_variables/:key`]: fresh(),
    [`PUT ${home}/:hook_id/custom_headers/:key`]: fresh({ value: 'red' }),
    [`DELETE ${home}/:hook_id/custom_headers/:key`]: fresh(),
  };
};

/** Hooks of the instance, of projects and of groups. */
export const hookRecipes: Recipes = {
  ...recipesOf('/hooks'),
  ...recipesOf('/projects/:id/hooks'),
  ...recipesOf('/groups/:id/hooks'),
};
