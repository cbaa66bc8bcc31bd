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
