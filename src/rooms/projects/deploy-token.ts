import type { NamespaceId, ProjectId } from '../../kit/ids.ts';

/** Registry scopes have nothing to open here yet; they are kept for clients that ask for them. */
export const DEPLOY_TOKEN_SCOPES = [
  'read_repository',
  'read_registry',
  'write_registry',
  'read_package_registry',
  'write_package_registry',
  'read_virtual_registry',
  'write_virtual_registry',
] as const;
export type DeployTokenScope = (typeof DEPLOY_TOKEN_SCOPES)[number];

export const DEPLOY_TOKEN_PREFIX = 'gldt-';
/** The name whose token jobs are given as CI_DEPLOY_USER and CI_DEPLOY_PASSWORD. */
export const CI_DEPLOY_TOKEN_NAME = 'gitlab-deploy-token';

const MAX_LENGTH = 255;
const USERNAME = /^[a-zA-Z0-9.+_-]+$/;

/** A credential of a project or a group, and of nobody: it opens what its scopes say, whoever has it. */
export interface DeployToken {
  readonly id: number;
  readonly projectId: ProjectId | null;
  readonly namespaceId: NamespaceId | null;
  readonly name: string;
  /** Asked for together with the token. */
  readonly username: string;
  readonly scopes: readonly DeployTokenScope[];
  readonly revoked: boolean;
  readonly expiresAt: Date | null;
}

const isExpiredAt = (token: DeployToken, now: Date): boolean =>
  token.expiresAt !== null && token.expiresAt.getTime() <= now.getTime();

export const isDeployTokenActive = (token: DeployToken, now: Date): boolean =>
  !token.revoked && !isExpiredAt(token, now);

/** What is wrong with a new token, in GitLab's sentence; undefined when nothing is. */
export const deployTokenError = (token: {
  readonly name: string;
  readonly username: string | null;
  readonly scopes: readonly DeployTokenScope[];
}): string | undefined => {
  const { name, username, scopes } = token;
  const errors = [
    ...(scopes.length === 0 ? ["Scopes can't be blank"] : []),
    ...(username !== null && username.length > MAX_LENGTH
      ? [`Username is too long (maximum is ${MAX_LENGTH} characters)`]
      : []),
    ...(username !== null && !USERNAME.test(username)
      ? ["Username can contain only letters, digits, '_', '-', '+', and '.'"]
      : []),
    ...([...name].length > MAX_LENGTH ? [`Name is too long (maximum is ${MAX_LENGTH} characters)`] : []),
  ];
  return errors.length === 0 ? undefined : errors.join(' and ');
};

/** GitLab's DeployToken entity: without the token itself. */
export const presentDeployToken = (token: DeployToken, now: Date) => ({
  id: token.id,
  name: token.name,
  username: token.username,
  expires_at: token.expiresAt?.toISOString() ?? null,
  scopes: token.scopes,
  revoked: token.revoked,
  expired: isExpiredAt(token, now),
});
