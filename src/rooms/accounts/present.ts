import type { UserEmail } from './email-store.ts';
import type { SshKey } from './ssh-key-store.ts';
import { isExpired } from './token-policy.ts';
import type { PersonalAccessToken } from './token-store.ts';
import type { User } from './user.ts';

/**
 * GitLab's UserBasic: what everybody may see of a user, in every answer that names one.
 * @param baseUrl `https://host/root`, no slash at the end
 */
export const presentUserBasic = (user: User, baseUrl: string) => ({
  id: user.id,
  username: user.username,
  public_email: user.publicEmail,
  name: user.name,
  state: user.state,
  locked: false,
  avatar_url: null,
  web_url: `${baseUrl}/${user.username}`,
});

/** GitLab's User: a profile as others see it. Fields of profiles that Penstock does not keep are empty. */
export const presentUserPublic = (user: User, baseUrl: string) => ({
  ...presentUserBasic(user, baseUrl),
  created_at: user.createdAt.toISOString(),
  bio: '',
  location: '',
  linkedin: '',
  twitter: '',
  discord: '',
  website_url: '',
  github: '',
  job_title: '',
  pronouns: null,
  organization: '',
  bot: user.bot,
  work_information: null,
  local_time: null,
  followers: 0,
  following: 0,
  is_followed: false,
});

/** GitLab's UserPublic: oneself, and every user for an administrator. */
export const presentUserWithEmail = (user: User, baseUrl: string) => ({
  ...presentUserPublic(user, baseUrl),
  last_sign_in_at: null,
  confirmed_at: user.confirmedAt?.toISOString() ?? null,
  last_activity_on: null,
  email: user.email,
  theme_id: null,
  color_scheme_id: 1,
  projects_limit: 100_000,
  current_sign_in_at: null,
  identities: [],
  can_create_group: true,
  can_create_project: true,
  two_factor_enabled: false,
  external: false,
  private_profile: false,
  commit_email: user.email,
  preferred_language: 'en',
});

/** GitLab's UserWithAdmin: what administrators see. */
export const presentUserWithAdmin = (user: User, namespaceId: number | null, baseUrl: string) => ({
  ...presentUserWithEmail(user, baseUrl),
  is_admin: user.admin,
  note: null,
  namespace_id: namespaceId,
});

/** A personal access token without its value, which is shown once, when it is made. */
export const presentToken = (token: PersonalAccessToken, now: Date) => ({
  id: token.id,
  name: token.name,
  revoked: token.revoked,
  created_at: token.createdAt.toISOString(),
  description: token.description,
  scopes: token.scopes,
  user_id: token.userId,
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
  active: !token.revoked && !isExpired(token, now),
  expires_at: token.expiresAt,
});

/** The same of an impersonation token, which administrators see. */
export const presentImpersonationToken = (token: PersonalAccessToken, now: Date) => ({
  ...presentToken(token, now),
  impersonation: true,
});

/** A project's or group's access token. `accessLevel`: of its bot there; null when it is no member any more. */
export const presentResourceToken = (
  token: PersonalAccessToken,
  home: { readonly kind: 'project' | 'group'; readonly id: number },
  accessLevel: number | undefined,
  now: Date,
) => ({
  ...presentToken(token, now),
  access_level: accessLevel ?? null,
  resource_type: home.kind,
  resource_id: home.id,
});

/** The comment of a key may hold an address; its owner and this host stand in its place. */
export const presentSshKey = (key: SshKey, owner: User, baseUrl: string) => ({
  id: key.id,
  title: key.title,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  key: `${key.key} ${owner.name} (${new URL(baseUrl).hostname})`,
  usage_type: key.usageType,
});

export const presentEmail = (email: UserEmail) => ({
  id: email.id,
  email: email.email,
  confirmed_at: email.confirmedAt?.toISOString() ?? null,
});
