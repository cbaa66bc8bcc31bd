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
