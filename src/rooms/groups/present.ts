import { type Namespace, presentUserBasic, type User } from '../accounts/index.ts';
import type { Group } from './group.ts';
import type { Member } from './member.ts';

const webUrl = (group: Pick<Group, 'fullPath'>, baseUrl: string): string => `${baseUrl}/groups/${group.fullPath}`;

/** GitLab's BasicGroupDetails. */
export const presentGroupBasic = (group: Group, baseUrl: string) => ({
  id: group.id,
  web_url: webUrl(group, baseUrl),
  name: group.name,
});

/** GitLab's PublicGroupDetails. */
export const presentGroupPublic = (group: Group, baseUrl: string) => ({
  ...presentGroupBasic(group, baseUrl),
  avatar_url: null,
  full_name: group.fullName,
  full_path: group.fullPath,
});

/** GitLab's Group, with the values of features that Penstock does not have as in a group that does not use them. */
export const presentGroup = (group: Group, baseUrl: string) => ({
  ...presentGroupBasic(group, baseUrl),
  path: group.path,
  description: group.description,
  visibility: group.visibility,
  share_with_group_lock: false,
  require_two_factor_authentication: false,
  two_factor_grace_period: 48,
  project_creation_level: group.projectCreationLevel,
  auto_devops_enabled: null,
  subgroup_creation_level: group.subgroupCreationLevel,
  emails_disabled: true,
  emails_enabled: false,
  show_diff_preview_in_email: false,
  mentions_disabled: null,
  lfs_enabled: false,
  archived: false,
  math_rendering_limits_enabled: true,
  lock_math_rendering_limits_enabled: false,
  default_branch: null,
  default_branch_protection: 2,
  default_branch_protection_defaults: {
    allowed_to_push: [{ access_level: 40 }],
    allow_force_push: false,
    allowed_to_merge: [{ access_level: 40 }],
    developer_can_initial_push: false,
  },
  avatar_url: null,
  request_access_enabled: group.requestAccessEnabled,
  full_name: group.fullName,
  full_path: group.fullPath,
  created_at: group.createdAt.toISOString(),
  parent_id: group.parentId,
  organization_id: 1,
  shared_runners_setting: 'enabled',
  max_artifacts_size: null,
  marked_for_deletion_on: null,
});

/** GitLab's GroupDetail. `projects`: their entities, undefined = left out. */
export const presentGroupDetail = (
  group: Group,
  context: { readonly baseUrl: string; readonly isAdmin: boolean; readonly projects: readonly unknown[] | undefined },
) => ({
  ...presentGroup(group, context.baseUrl),
  shared_with_groups: [],
  ...(context.isAdmin ? { runners_token: null } : {}),
  ...(group.parentId === null ? { prevent_sharing_groups_outside_hierarchy: false } : {}),
  ...(context.projects === undefined ? {} : { projects: context.projects, shared_projects: [] }),
});

/** GitLab's NamespaceBasic. */
export const presentNamespace = (namespace: Namespace, baseUrl: string) => ({
  id: namespace.id,
  name: namespace.name,
  path: namespace.path,
  kind: namespace.kind,
  full_path: namespace.fullPath,
  parent_id: namespace.parentId,
  avatar_url: null,
  web_url: namespace.kind === 'group' ? webUrl(namespace, baseUrl) : `${baseUrl}/${namespace.fullPath}`,
});

/** A member as `/members` shows it. */
export const presentMember = (member: Member, createdBy: User | undefined, baseUrl: string) => ({
  ...presentUserBasic(member.user, baseUrl),
  access_level: member.accessLevel,
  created_at: member.createdAt.toISOString(),
  ...(createdBy === undefined ? {} : { created_by: presentUserBasic(createdBy, baseUrl) }),
  expires_at: member.expiresAt,
  membership_state: 'active',
});
