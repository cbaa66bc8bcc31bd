import { type Place, unique } from '../place.ts';
import type { Prepared, Recipe, Recipes } from '../recipe.ts';
import type { Lane } from '../world.ts';

/** Access tokens, deploy tokens and protected tags: what a project or a group has of its own. */

type Home = 'projects' | 'groups';

const pathOf = (home: Home, { project, groupId }: Place): string =>
  home === 'projects' ? `/projects/${project.id}` : `/groups/${groupId}`;

const NEW_ACCESS = { name: 'made', scopes: ['read_api'], access_level: 20 };
const NEW_DEPLOY = { name: 'made', scopes: ['read_repository'] };

/** A token of the project or group, made by its owner. */
const madeByOwner = (home: Home, kind: 'access_tokens' | 'deploy_tokens'): Recipe => ({
  prepare: async ({ world }, place) => {
    const json = kind === 'access_tokens' ? NEW_ACCESS : NEW_DEPLOY;
    const made = await world.app.http('POST', `${pathOf(home, place)}/${kind}`, { as: world.people.owner, json });
    return { path: { token_id: made.must(201).number('id') } };
  },
});

const tokensOf = (home: Home): Recipes => {
  const access = madeByOwner(home, 'access_tokens');
  const deploy = madeByOwner(home, 'deploy_tokens');
  return {
    [`POST /${home}/:id/access_tokens`]: [
      { note: 'a reporter', prepare: () => ({ json: NEW_ACCESS }) },
      { note: 'an owner', prepare: () => ({ json: { ...NEW_ACCESS, access_level: 50 } }) },
    ],
    [`GET /${home}/:id/access_tokens/:token_id`]: access,
    [`POST /${home}/:id/access_tokens/:token_id/rotate`]: access,
    [`POST /${home}/:id/access_tokens/self/rotate`]: { freshProof: true },
    [`DELETE /${home}/:id/access_tokens/:token_id`]: access,
    [`POST /${home}/:id/deploy_tokens`]: { prepare: () => ({ json: NEW_DEPLOY }) },
    [`GET /${home}/:id/deploy_tokens/:token_id`]: deploy,
    [`DELETE /${home}/:id/deploy_tokens/:token_id`]: deploy,
  };
};

const aProtectedTag = async ({ world }: Lane, place: Place): Promise<Prepared> => {
  const name = unique('protected');
  const path = `${pathOf('projects', place)}/protected_tags`;
  (await world.app.http('POST', path, { as: world.people.owner, json: { name } })).must(201);
  return { path: { name } };
};

export const homeTokenRecipes: Recipes = {
  ...tokensOf('projects'),
  ...tokensOf('groups'),
  'POST /projects/:id/protected_tags': { prepare: () => ({ json: { name: unique('protected') } }) },
  'GET /projects/:id/protected_tags/:name': { prepare: aProtectedTag },
  'DELETE /projects/:id/protected_tags/:name': { prepare: aProtectedTag },
};
