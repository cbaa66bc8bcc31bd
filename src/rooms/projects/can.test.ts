import { describe, expect, it } from 'vitest';
import type { NamespaceId, ProjectId, UserId } from '../../kit/ids.ts';
import type { User } from '../accounts/index.ts';
import type { Ability } from './abilities.ts';
import { userCan } from './can.ts';
import type { Project } from './project.ts';
import {
  isProtected,
  mayDeleteRef,
  mayForcePush,
  mayPush,
  mayUpdateRef,
  type ProtectedRefs,
} from './protected-refs.ts';
import { ROLES, type Role } from './role.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

const user: User = {
  id: 1 as UserId,
  username: 'u',
  name: 'U',
  email: 'u@example.com',
  publicEmail: '',
  state: 'active',
  admin: false,
  bot: false,
  confirmedAt: NOW,
  createdAt: NOW,
};

const project: Project = {
  id: 1 as ProjectId,
  namespace: {
    id: 1 as NamespaceId,
    kind: 'user',
    path: 'n',
    name: 'N',
    fullPath: 'n',
    fullName: 'n',
    visibility: 'private',
    parentId: null,
    ownerId: 2 as UserId,
  },
  creatorId: null,
  path: 'p',
  name: 'P',
  fullPath: 'n/p',
  description: null,
  visibility: 'private',
  defaultBranch: 'main',
  archived: false,
  ciConfigPath: null,
  buildTimeout: 3600,
  ciDefaultGitDepth: 20,
  buildGitStrategy: 'fetch',
  buildsEnabled: true,
  publicJobs: true,
  sharedRunnersEnabled: true,
  autoCancelPendingPipelines: true,
  keepLatestArtifact: true,
  variablesOverrideRole: 'maintainer',
  jobTokenScopeEnabled: true,
  jobTokenPushAllowed: false,
  requestAccessEnabled: true,
  mergeMethod: 'merge',
  squashOption: 'default_off',
  onlyAllowMergeIfPipelineSucceeds: false,
  allowMergeOnSkippedPipeline: false,
  removeSourceBranchAfterMerge: true,
  lastActivityAt: NOW,
  createdAt: NOW,
  updatedAt: NOW,
};

const LETTERS: Readonly<Record<keyof typeof ROLES, string>> = {
  minimal: 'm',
  guest: 'G',
  planner: 'P',
  reporter: 'R',
  developer: 'D',
  maintainer: 'M',
  owner: 'O',
};

/** Who has it: `-` nobody signed in, `+` somebody signed in without a role, then the roles. */
const holders = (ability: Ability, changes: Partial<Project> = {}, who: User = user): string => {
  const subject = { ...project, ...changes };
  const roles = Object.entries(ROLES)
    .filter(([, role]) => userCan(who, ability, subject, role))
    .map(([name]) => Object.entries(LETTERS).find(([known]) => known === name)?.[1] ?? '?');
  const anonymous = userCan(undefined, ability, subject, undefined) ? '-' : '';
  return `${anonymous}${userCan(who, ability, subject, undefined) ? '+' : ''}${roles.join('')}`;
};

describe('GitLab’s permission matrix', () => {
  it.each<[Ability, string, string, string]>([
    // private, internal, public
    ['read_project', 'GPRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['read_pipeline', 'GPRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['read_build', 'GPRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['read_job_artifacts', 'GPRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['download_code', 'PRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['read_member', 'GPRDMO', '+mGPRDMO', '-+mGPRDMO'],
    ['read_protected_job_output', 'DMO', 'DMO', 'DMO'],
    ['read_maintainer_artifacts', 'MO', 'MO', 'MO'],
    ['create_pipeline', 'DMO', 'DMO', 'DMO'],
    ['update_pipeline', 'DMO', 'DMO', 'DMO'],
    ['cancel_pipeline', 'DMO', 'DMO', 'DMO'],
    ['update_build', 'DMO', 'DMO', 'DMO'],
    ['force_cancel_build', 'MO', 'MO', 'MO'],
    ['erase_build', 'MO', 'MO', 'MO'],
    ['destroy_pipeline', 'O', 'O', 'O'],
    ['read_pipeline_variable', 'MO', 'MO', 'MO'],
    ['set_pipeline_variables', 'MO', 'MO', 'MO'],
    ['push_code', 'DMO', 'DMO', 'DMO'],
    ['admin_cicd_variables', 'MO', 'MO', 'MO'],
    ['manage_trigger', 'MO', 'MO', 'MO'],
    ['admin_project', 'MO', 'MO', 'MO'],
    ['admin_member', 'MO', 'MO', 'MO'],
    ['change_visibility_level', 'O', 'O', 'O'],
    ['remove_project', 'O', 'O', 'O'],
  ])('%s: private %s, internal %s, public %s', (ability, onPrivate, onInternal, onPublic) => {
    expect(holders(ability)).toBe(onPrivate);
    expect(holders(ability, { visibility: 'internal' })).toBe(onInternal);
    expect(holders(ability, { visibility: 'public' })).toBe(onPublic);
  });

  it('shows jobs from reporter on where public pipelines are off', () => {
    expect(holders('read_build', { publicJobs: false })).toBe('RDMO');
    expect(holders('read_pipeline', { publicJobs: false, visibility: 'public' })).toBe('RDMO');
  });

  it('lets pass variables who the project’s setting names, and with no_one_allowed not even owners', () => {
    expect(holders('set_pipeline_variables', { variablesOverrideRole: 'developer' })).toBe('DMO');
    expect(holders('set_pipeline_variables', { variablesOverrideRole: 'owner' })).toBe('O');
    expect(holders('set_pipeline_variables', { variablesOverrideRole: 'no_one_allowed' })).toBe('');
  });

  it('takes writing away in an archived project, and jobs where CI/CD is off', () => {
    expect(holders('create_pipeline', { archived: true })).toBe('');
    expect(holders('update_build', { archived: true })).toBe('');
    expect(holders('read_build', { archived: true })).toBe('GPRDMO');
    expect(holders('admin_cicd_variables', { buildsEnabled: false })).toBe('');
    expect(holders('read_build', { buildsEnabled: false })).toBe('');
    expect(holders('read_pipeline', { buildsEnabled: false })).toBe('GPRDMO');
  });

  it('takes pipelines from the blocked and the unconfirmed', () => {
    expect(holders('create_pipeline', {}, { ...user, state: 'blocked' })).toBe('');
    expect(holders('push_code', {}, { ...user, state: 'deactivated' })).toBe('');
    expect(holders('read_project', {}, { ...user, state: 'blocked' })).toBe('GPRDMO');
    expect(holders('create_pipeline', {}, { ...user, confirmedAt: null })).toBe('');
    expect(holders('push_code', {}, { ...user, confirmedAt: null })).toBe('DMO');
  });
});

describe('protected refs', () => {
  const rules: ProtectedRefs = {
    branches: [
      { id: 1, name: 'main', pushAccessLevel: 40, mergeAccessLevel: 40, allowForcePush: false },
      { id: 2, name: 'release/*', pushAccessLevel: 0, mergeAccessLevel: 30, allowForcePush: false },
      { id: 3, name: 'release/open', pushAccessLevel: 30, mergeAccessLevel: 30, allowForcePush: true },
      { id: 4, name: 'vault', pushAccessLevel: 60, mergeAccessLevel: 0, allowForcePush: false },
    ],
    tags: [{ id: 1, name: 'v*', createAccessLevel: 40 }],
  };
  const who = (role: Role | undefined, admin = false) => ({ user: { ...user, admin }, role });
  const { developer, maintainer, owner, reporter } = ROLES;

  it('are matched by name and by pattern, branches and tags apart', () => {
    expect(isProtected(rules, 'main', 'branch')).toBe(true);
    expect(isProtected(rules, 'main', 'tag')).toBe(false);
    expect(isProtected(rules, 'release/1/2', 'branch')).toBe(true);
    expect(isProtected(rules, 'Release/1', 'branch')).toBe(false);
    expect(isProtected(rules, 'v1', 'tag')).toBe(true);
  });

  it('are pushed to by those whom the most generous rule lets in', () => {
    expect(mayPush(project, rules, who(developer), 'topic', 'branch')).toBe(true);
    expect(mayPush(project, rules, who(reporter), 'topic', 'branch')).toBe(false);
    expect(mayPush(project, rules, who(undefined), 'topic', 'branch')).toBe(false);
    expect(mayPush(project, rules, who(developer), 'main', 'branch')).toBe(false);
    expect(mayPush(project, rules, who(maintainer), 'main', 'branch')).toBe(true);
    expect(mayPush(project, rules, who(owner, true), 'release/1', 'branch')).toBe(false);
    expect(mayPush(project, rules, who(developer), 'release/open', 'branch')).toBe(true);
    expect(mayPush(project, rules, who(owner), 'vault', 'branch')).toBe(false);
    expect(mayPush(project, rules, who(owner, true), 'vault', 'branch')).toBe(true);
    expect(mayPush(project, rules, who(developer), 'v1', 'tag')).toBe(false);
    expect(mayPush(project, rules, who(developer), 'nightly', 'tag')).toBe(true);
    expect(mayPush({ ...project, archived: true }, rules, who(owner), 'topic', 'branch')).toBe(false);
  });

  it('run pipelines for those who may push or merge, or create the tag', () => {
    expect(mayUpdateRef(project, rules, who(developer), 'topic', 'branch')).toBe(true);
    expect(mayUpdateRef(project, rules, who(developer), 'main', 'branch')).toBe(false);
    expect(mayUpdateRef(project, rules, who(developer), 'release/1', 'branch')).toBe(true);
    expect(mayUpdateRef(project, rules, who(owner), 'vault', 'branch')).toBe(false);
    expect(mayUpdateRef(project, rules, who(developer), 'v1', 'tag')).toBe(false);
    expect(mayUpdateRef(project, rules, who(maintainer), 'v1', 'tag')).toBe(true);
  });

  it('are deleted by maintainers through the API, never by git', () => {
    const may = (role: Role, ref: string, kind: 'branch' | 'tag', through: 'git' | 'api') =>
      mayDeleteRef(project, rules, who(role), ref, kind, through);
    expect(may(developer, 'topic', 'branch', 'git')).toBe(true);
    expect(may(owner, 'main', 'branch', 'git')).toBe(false);
    expect(may(maintainer, 'main', 'branch', 'api')).toBe(true);
    expect(may(developer, 'main', 'branch', 'api')).toBe(false);
    expect(may(developer, 'v1', 'tag', 'api')).toBe(false);
    expect(may(maintainer, 'v1', 'tag', 'git')).toBe(true);
  });

  it('lose commits only where a rule allows it', () => {
    expect(mayForcePush(rules, 'topic')).toBe(true);
    expect(mayForcePush(rules, 'main')).toBe(false);
    expect(mayForcePush(rules, 'release/open')).toBe(true);
  });
});
