import { createPersonalToken } from '../../../src/rooms/accounts/index.ts';
import { unique } from '../place.ts';
import type { Prepared, Recipes } from '../recipe.ts';
import { type Lane, PASSWORD } from '../world.ts';

/** A token of the places' owner. */
const ownersToken = async ({ world }: Lane): Promise<Prepared> => {
  const request = { name: 'target', scopes: ['api'], expiresAt: null } as const;
  const { stored } = await createPersonalToken(world.app.parts, world.people.owner.user, request);
  return { path: { id: stored.id } };
};

export const accountRecipes: Recipes = {
  'POST /users': {
    prepare: () => {
      const username = unique('made');
      return { json: { username, name: 'Made', email: `${username}@example.com`, password: PASSWORD } };
    },
  },
  'POST /users/:user_id/personal_access_tokens': {
    prepare: () => ({ json: { name: 'made', scopes: ['read_api'] } }),
  },
  'POST /personal_access_tokens/self/rotate': { freshProof: true },
  'DELETE /personal_access_tokens/self': { freshProof: true },
  'GET /personal_access_tokens/:id': { prepare: ownersToken },
  'POST /personal_access_tokens/:id/rotate': { prepare: ownersToken },
  'DELETE /personal_access_tokens/:id': { prepare: ownersToken },
  // A password takes time to check, and who sends it with which other credential makes no difference.
  'POST /-/sign_in': { note: 'without a password', prepare: () => ({ json: { login: 'owner' } }) },
  'POST /-/sign_out': { freshProof: true },
};
