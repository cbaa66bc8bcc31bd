import { presentUserBasic } from '../accounts/index.ts';
import { shortTokenOf } from './token-policy.ts';
import type { Trigger } from './trigger.ts';

/** GitLab's trigger token. Its value is whole for those who may change it, and four characters for all others. */
export const presentTrigger = (
  trigger: Trigger,
  viewer: { readonly showsToken: boolean; readonly baseUrl: string },
) => ({
  id: trigger.id,
  token: viewer.showsToken ? trigger.token : shortTokenOf(trigger.token),
  description: trigger.description,
  created_at: trigger.createdAt.toISOString(),
  updated_at: trigger.updatedAt.toISOString(),
  last_used: trigger.lastUsedAt?.toISOString() ?? null,
  expires_at: trigger.expiresAt?.toISOString() ?? null,
  owner: presentUserBasic(trigger.owner, viewer.baseUrl),
});
