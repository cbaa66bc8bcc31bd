import { presentUserBasic, type User } from '../accounts/index.ts';
import { userCan } from './can.ts';
import { presentProjectSettings } from './present-settings.ts';
import type { Project } from './project.ts';
import type { ProtectedBranch, ProtectedTag, RefAccessLevel } from './protected-refs.ts';
import type { Role } from './role.ts';
import type { Memberships } from './role-store.ts';

/** What a project's entity needs beside the project. */
export interface ProjectContext {
  /** `https://host/root`. */
  readonly baseUrl: string;
  /** Nobody signed in: undefined. */
  readonly viewer: User | undefined;
  /** Effective. */
  readonly role: Role | undefined;
  /** The roles that memberships give, without what being an administrator adds. */
  readonly memberships: Memberships;
  readonly emptyRepository: boolean;
  /** The user whose namespace it is in. */
  readonly owner: User | undefined;
}

const sshUrl = (baseUrl: string, fullPath: string): string => `git@${new URL(baseUrl).hostname}:${fullPath}.git`;

/** GitLab's BasicProjectDetails: `simple=true`, and all that anonymous callers get. */
export const presentProjectSimple = (project: Project, baseUrl: string) => ({
  id: project.id,
  description: project.description,
  name: project.name,
  name_with_namespace: `${project.namespace.fullName} / ${project.name}`,
  path: project.path,
  path_with_namespace: project.fullPath,
  created_at: project.createdAt.toISOString(),
  default_branch: project.defaultBranch,
  tag_list: [],
  topics: [],
  ssh_url_to_repo: sshUrl(baseUrl, project.fullPath),
  http_url_to_repo: `${baseUrl}/${project.fullPath}.git`,
  web_url: `${baseUrl}/${project.fullPath}`,
  readme_url: null,
  forks_count: 0,
  avatar_url: null,
  star_count: 0,
  last_activity_at: project.lastActivityAt.toISOString(),
  visibility: project.visibility,
  namespace: {
    id: project.namespace.id,
    name: project.namespace.name,
    path: project.namespace.path,
    kind: project.namespace.kind,
    full_path: project.namespace.fullPath,
    parent_id: project.namespace.parentId,
    avatar_url: null,
    web_url: `${baseUrl}/${project.namespace.kind === 'group' ? 'groups/' : ''}${project.namespace.fullPath}`,
  },
});

const presentLinks = (project: Project, baseUrl: string) => {
  const self = `${baseUrl}/api/v4/projects/${project.id}`;
  return {
    self,
    issues: `${self}/issues`,
    merge_requests: `${self}/merge_requests`,
    repo_branches: `${self}/repository/branches`,
    labels: `${self}/labels`,
    events: `${self}/events`,
    members: `${self}/members`,
    cluster_agents: `${self}/cluster_agents`,
  };
};

const presentAccess = (role: Role | undefined) =>
  role === undefined ? null : { access_level: role, notification_level: 3 };

/** GitLab's ProjectWithAccess; BasicProjectDetails for nobody signed in. */
export const presentProject = (project: Project, context: ProjectContext) => {
  const simple = presentProjectSimple(project, context.baseUrl);
  const { viewer, role } = context;
  if (viewer === undefined) return simple;
  return {
    ...simple,
    container_registry_image_prefix: null,
    _links: presentLinks(project, context.baseUrl),
    marked_for_deletion_at: null,
    marked_for_deletion_on: null,
    empty_repo: context.emptyRepository,
    archived: project.archived,
    ...(context.owner === undefined ? {} : { owner: presentUserBasic(context.owner, context.baseUrl) }),
    creator_id: project.creatorId,
    updated_at: project.updatedAt.toISOString(),
    open_issues_count: 0,
    description_html: '',
    ...presentProjectSettings(project, {
      canMerge: userCan(viewer, 'create_merge_request_in', project, role),
      isMaintainer: userCan(viewer, 'admin_project', project, role),
    }),
    permissions: {
      project_access: presentAccess(context.memberships.project),
      group_access: presentAccess(context.memberships.group),
    },
  };
};

const LEVEL_NAMES: Readonly<Record<RefAccessLevel, string>> = {
  0: 'No one',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
  60: 'Administrators',
};

const presentLevel = (id: number, level: RefAccessLevel) => [
  {
    id,
    access_level: level,
    access_level_description: LEVEL_NAMES[level],
    deploy_key_id: null,
    user_id: null,
    group_id: null,
  },
];

export const presentProtectedBranch = (branch: ProtectedBranch) => ({
  id: branch.id,
  name: branch.name,
  push_access_levels: presentLevel(branch.id, branch.pushAccessLevel),
  merge_access_levels: presentLevel(branch.id, branch.mergeAccessLevel),
  allow_force_push: branch.allowForcePush,
  unprotect_access_levels: [],
  code_owner_approval_required: false,
  inherited: false,
});

export const presentProtectedTag = (tag: ProtectedTag) => ({
  name: tag.name,
  create_access_levels: presentLevel(tag.id, tag.createAccessLevel),
});
