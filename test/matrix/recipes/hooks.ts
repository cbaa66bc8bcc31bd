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
  const own = home.replace('/hooks', '/penstock/hooks');
  const log = home === '/hooks' ? own : home;
  const add = async ({ world }: Lane, place: Place): Promise<number> => {
    const json = { url: URL, ...VARIABLE };
    const made = await world.app.http('POST', HOMES[home](place), { as: world.people.admin, json });
    return made.must(201).number('id');
  };
  /** A hook that is made for the call. */
  const fresh = (json?: object): Recipe => ({
    prepare: async (lane, place): Promise<Prepared> => ({
      path: { hook_id: await add(lane, place), key: 'colour', trigger: 'push_events', hook_log_id: 0 },
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
    // Nobody can be reached: 422 for whoever may.
    ...(home === '/hooks'
      ? { [`POST ${home}/:hook_id`]: fresh() }
      : { [`POST ${home}/:hook_id/test/:trigger`]: fresh() }),
    [`GET ${log}/:hook_id/events`]: fresh(),
    // There is no such entry: 404 for whoever may.
    [`POST ${log}/:hook_id/events/:hook_log_id/resend`]: fresh(),
    [`POST ${own}/:hook_id/enable`]: fresh(),
    [`POST ${own}/:hook_id/signing_token`]: fresh(),
    [`DELETE ${own}/:hook_id/signing_token/old`]: {
      prepare: async (lane, place): Promise<Prepared> => {
        const hook = await add(lane, place);
        const path = `${HOMES[home](place).replace('/hooks', '/penstock/hooks')}/${hook}/signing_token`;
        for (let count = 0; count < 2; count += 1) {
          (await lane.world.app.http('POST', path, { as: lane.world.people.admin })).must(201);
        }
        return { path: { hook_id: hook } };
      },
    },
  };
};

/** An integration that is set up for the call. */
const integration = async (_lane: Lane, { project }: Place): Promise<Prepared> => {
  (await project.call('PUT', '/integrations/slack', { json: { webhook: URL } })).must(200);
  return { path: { slug: 'slack' } };
};

const integrationRecipes: Recipes = Object.fromEntries(
  ['integrations', 'services'].flatMap((name) => {
    const path = `/projects/:id/${name}/:slug`;
    return [
      [`GET ${path}`, { prepare: integration }],
      [`PUT ${path}`, { prepare: () => ({ path: { slug: 'slack' }, json: { webhook: URL } }) }],
      [`DELETE ${path}`, { prepare: integration }],
    ];
  }),
);

/** Hooks of the instance, of projects and of groups. */
export const hookRecipes: Recipes = {
  ...recipesOf('/hooks'),
  ...recipesOf('/projects/:id/hooks'),
  ...recipesOf('/groups/:id/hooks'),
  ...integrationRecipes,
};
