import type { Guard, Route } from '../../http/index.ts';
import { ok, route } from '../../http/index.ts';
import { ALGORITHM, ensureSigningKey, type SigningDeps } from './signing-key.ts';
import { listPublicKeys } from './signing-key-store.ts';

const EVERYBODY: Guard<undefined> = { label: 'everybody', check: async () => undefined };

/** Caches ask again after an hour; before that, a token with an unknown `kid` makes them ask. */
const CACHED = { 'Cache-Control': 'public, max-age=3600' };

/** Registered claims, then GitLab's, that a token may hold. */
const CLAIMS: readonly string[] = [
  'iss sub aud exp nbf iat jti',
  'project_id project_path namespace_id namespace_path project_visibility',
  'job_project_id job_project_path job_namespace_id job_namespace_path',
  'user_id user_login user_email user_access_level',
  'pipeline_id pipeline_source job_id ref ref_type ref_path ref_protected sha',
  'environment environment_protected deployment_tier environment_action',
  'runner_id runner_environment ci_config_ref_uri ci_config_sha',
].flatMap((line) => line.split(' '));

/**
 * OpenID Connect discovery for id tokens, at the server's root. There is no sign-in with OAuth, so the document names only
 * the issuer, the keys, and what tokens hold.
 */
export const idTokenRoutes = (
  deps: SigningDeps & { readonly server: { readonly externalUrl: string } },
): readonly Route[] => [
  route({
    method: 'GET',
    path: '/.well-known/openid-configuration',
    summary: 'OpenID Connect discovery of the issuer of id tokens',
    params: {},
    guard: EVERYBODY,
    handler: async () => {
      const { externalUrl } = deps.server;
      return ok(
        {
          issuer: externalUrl,
          jwks_uri: `${externalUrl}/oauth/discovery/keys`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: [ALGORITHM],
          claim_types_supported: ['normal'],
          claims_supported: CLAIMS,
        },
        CACHED,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/oauth/discovery/keys',
    summary: 'Public keys of id tokens (JWKS)',
    params: {},
    guard: EVERYBODY,
    handler: async () => {
      await ensureSigningKey(deps);
      return ok({ keys: await listPublicKeys(deps.db) }, CACHED);
    },
  }),
];
