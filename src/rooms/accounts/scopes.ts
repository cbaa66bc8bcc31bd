import { invalidParams } from '../../http/index.ts';

/** Every scope that a personal access token may have. Those without a route yet are kept for clients that ask for them. */
export const TOKEN_SCOPES = [
  'api',
  'read_api',
  'read_user',
  'create_runner',
  'manage_runner',
  'read_repository',
  'write_repository',
  'read_registry',
  'write_registry',
  'ai_features',
  'k8s_proxy',
  'self_rotate',
  'sudo',
  'admin_mode',
] as const;

export type TokenScope = (typeof TOKEN_SCOPES)[number];

export const isTokenScope = (value: unknown): value is TokenScope =>
  (TOKEN_SCOPES as readonly unknown[]).includes(value);

/** Of a project's or group's access token: not those that are a person's. */
export const RESOURCE_TOKEN_SCOPES: readonly TokenScope[] = TOKEN_SCOPES.filter(
  (scope) => scope !== 'read_user' && scope !== 'sudo' && scope !== 'admin_mode',
);

/** What users may give to a token that they make themselves through the API. */
export const SELF_MADE_TOKEN_SCOPES: readonly TokenScope[] = ['k8s_proxy', 'self_rotate'];

/** Scopes that a request names. Throws 400 for one that is not allowed. */
export const readScopes = <S extends string>(given: readonly string[], allowed: readonly S[]): readonly S[] => {
  const scopes = given.map((name) => allowed.find((scope) => scope === name));
  const known = scopes.filter((scope) => scope !== undefined);
  if (known.length < given.length) throw invalidParams([{ attribute: 'scopes', text: 'does not have a valid value' }]);
  return [...new Set(known)];
};
